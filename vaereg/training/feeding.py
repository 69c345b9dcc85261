"""The batches of a run, always in the order of `order`: many to an item, so that calls are few."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import keras
import numpy as np

from vaereg.contracts.data import ArraySplit, Split
from vaereg.model.batch_source import LONGEST, Source
from vaereg.training.order import epoch_order, validation_batches

AHEAD = 4
"""How many batches of a split on disk are read, at least, before they are asked for."""

RESIDENT_BYTES = 2**30
"""Up to what size the training examples are kept on the device, where steps gather them."""

ITEM_BYTES = 2**25
"""Up to what size the examples of one item are, where they are not on the device."""

ITEM_POSITIONS = 2**18
"""How many positions an item has at most."""


class Feed:
    """The data of one run: batches for `fit` and for validation.

    Args:
        train, validation: the splits.
        batch_size, seed: of the run.
        check: called with each batch (n, *data) that was not in memory, and its positions.
    """

    def __init__(
        self,
        train: Split,
        validation: Split | None,
        *,
        batch_size: int,
        seed: int,
        check: Callable[[np.ndarray, np.ndarray], None] = lambda values, positions: None,
    ) -> None:
        self.train = train
        self.batch_size = batch_size
        self.seed = seed
        self.steps = len(train) // batch_size
        self._check = check
        self.fault: Exception | None = None
        """What a split raised: TensorFlow and thread pools wrap or lose it."""
        self._validation = None if validation is None or not len(validation) else validation
        self._validation_batches: Any = None

    def order(self, epoch: int) -> np.ndarray:
        """The positions of an epoch, (steps, batch_size)."""
        return epoch_order(self.seed, epoch, len(self.train), self.batch_size)

    def source(self) -> Source:
        """Where steps take their batches from: the device where the examples fit, or the items."""
        split = self.train
        if isinstance(split, ArraySplit) and split.values.nbytes <= RESIDENT_BYTES:
            return Source.of(split)
        return Source()

    def longest(self, source: Source) -> int:
        """The most steps of an item."""
        if source.values is not None:
            return max(1, min(LONGEST, ITEM_POSITIONS // self.batch_size))
        batch_bytes = self.train.take(np.arange(1)).nbytes * self.batch_size
        return max(1, min(LONGEST, ITEM_BYTES // batch_bytes))

    def items(self, epoch: int, first: int, lengths: Sequence[int], source: Source) -> Any:
        """What to hand to `fit` for one epoch.

        Args:
            epoch: counted from 0.
            first: the step to begin with.
            lengths: how many steps each item holds.
            source: as `source()` gave it.
        """
        order = self.order(epoch)
        items = (
            _Examples(self, order, first, lengths)
            if source.values is None
            else _Positions(order, first, lengths, self.longest(source))
        )
        if keras.backend.backend() == "tensorflow":
            from vaereg.model.backends.tensorflow.feeding import TensorItems

            return TensorItems(items)
        return items

    @property
    def validates(self) -> bool:
        """Whether there is validation data."""
        return self._validation is not None

    def validation(self) -> Any:
        """What to hand to `fit` as validation data, made once; None where there is none."""
        if self._validation is not None and self._validation_batches is None:
            self._validation_batches = self._made_validation(self._validation)
        return self._validation_batches

    def _made_validation(self, split: Split) -> Any:
        batches = validation_batches(len(split), self.batch_size)
        if keras.backend.backend() == "tensorflow":
            from vaereg.model.backends.tensorflow.feeding import validation_dataset

            return validation_dataset(self, split, batches)
        return _Validation(self, split, batches)

    def take(self, split: Split, indices: np.ndarray) -> np.ndarray:
        """Examples of a split; what goes wrong is also kept in `fault`."""
        try:
            values = split.take(indices)
            if not isinstance(split, ArraySplit):
                self._check(values, indices)
            return values
        except Exception as error:
            self.fault = error
            raise


class _Items(keras.utils.PyDataset):
    """Items (batches, how many of them count) of lengths that are known before."""

    def __init__(self, first: int, lengths: Sequence[int]) -> None:
        super().__init__(workers=1)
        ends = np.cumsum([first, *lengths])
        self._spans = list(zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True))

    @property
    def num_batches(self) -> int:
        return len(self._spans)


class _Positions(_Items):
    """Items of positions, int32 (longest, batch_size), of equal shape so that one program does."""

    def __init__(self, order: np.ndarray, first: int, lengths: Sequence[int], longest: int) -> None:
        super().__init__(first, lengths)
        self._order = order.astype(np.int32)
        self._longest = longest

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        start, stop = self._spans[index]
        positions = np.zeros((self._longest, self._order.shape[1]), np.int32)
        positions[: stop - start] = self._order[start:stop]
        return positions, np.array([stop - start], np.int32)


class _Examples(_Items):
    """Items of examples, float32 (steps, batch_size, *data), read ahead on a thread."""

    def __init__(self, feed: Feed, order: np.ndarray, first: int, lengths: Sequence[int]) -> None:
        super().__init__(first, lengths)
        self._batches = _ReadAhead(feed, feed.train, list(order))

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        start, stop = self._spans[index]
        return np.stack(self._batches.take(start, stop)), np.array([stop - start], np.int32)


class _Validation(keras.utils.PyDataset):
    """The validation batches as numpy arrays, read ahead on a thread where not in memory."""

    def __init__(self, feed: Feed, split: Split, order: Sequence[np.ndarray]) -> None:
        super().__init__(workers=1)
        self._count = len(order)
        self._batches = _ReadAhead(feed, split, order)

    @property
    def num_batches(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> tuple[np.ndarray]:
        (batch,) = self._batches.take(index, index + 1)
        return (batch,)


class _ReadAhead:
    """Batches of a split, of which those that follow are read on a thread meanwhile.

    Args:
        feed: whose `take` reads.
        split: what is read; one in memory is read when it is asked for.
        order: the positions of each batch.
    """

    def __init__(self, feed: Feed, split: Split, order: Sequence[np.ndarray]) -> None:
        self._read = lambda step: feed.take(split, order[step])
        self._count = len(order)
        self._pool = None if isinstance(split, ArraySplit) else ThreadPoolExecutor(1)
        self._ahead: dict[int, Future[np.ndarray]] = {}

    def take(self, start: int, stop: int) -> list[np.ndarray]:
        """The batches from `start` up to, without, `stop`."""
        if self._pool is None:
            return [self._read(step) for step in range(start, stop)]
        for step in range(start, min(stop + max(AHEAD, stop - start), self._count)):
            if step not in self._ahead:
                self._ahead[step] = self._pool.submit(self._read, step)
        return [self._ahead.pop(step).result() for step in range(start, stop)]
