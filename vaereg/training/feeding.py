"""Feeds batches to a training, in chunks of many steps so that few calls are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeAlias

import keras
import numpy as np

from vaereg.contracts.conditions import Condition, conditions_at
from vaereg.contracts.data import Split, held_in_memory
from vaereg.model.batch_source import MAX_STEPS_PER_CALL, BatchSource
from vaereg.runs.checkpoints import DataOrder
from vaereg.training.data_order import epoch_order, validation_batches
from vaereg.training.epoch import Epoch

FitData: TypeAlias = Any  # a PyDataset, or on TensorFlow what `tensorflow.feeding` turns it into
"""Batches in a form that `fit` takes on the active backend."""

Batch: TypeAlias = "tuple[np.ndarray] | tuple[np.ndarray, dict[str, np.ndarray]]"
"""(x,) with x (B, *data) float32, or (x, conditions)."""

BATCHES_AHEAD = 4
"""How many batches of a split on disk are read ahead, at least."""

RESIDENT_BYTES = 2**30
"""Training examples up to this size are kept on the device, where the steps gather them."""

CHUNK_BYTES = 2**25
"""The most bytes of examples in one chunk, if the examples are not on the device."""

CHUNK_POSITIONS = 2**18
"""The most positions in one chunk."""


class Feed:
    """The data of one training: chunks of training batches, and validation batches.

    Args:
        train, validation: the splits.
        batch_size, seed: of the training.
        conditions: what the model is told of each example.
        check: called with each batch (n, *data) that was read from disk, and its positions.
        blamed: makes of an exception of a split one that names the dataset.
        of_epoch: the training split of each epoch, counted from 0, if they differ; `train` is then
            one as long as they are.
    """

    def __init__(
        self,
        train: Split,
        validation: Split | None,
        *,
        batch_size: int,
        seed: int,
        conditions: Sequence[Condition] = (),
        check: Callable[[np.ndarray, np.ndarray], None] = lambda values, positions: None,
        blamed: Callable[[BaseException], BaseException] = lambda error: error,
        of_epoch: Callable[[int], Split] | None = None,
    ) -> None:
        self.train = train
        self.conditions = tuple(conditions)
        self.data_order = DataOrder(
            steps_per_epoch=len(train) // batch_size,
            batch_size=batch_size,
            examples=len(train),
            seed=seed,
        )
        self._check = check
        self._blamed = blamed
        self._of_epoch = of_epoch
        self.fault: BaseException | None = None
        """The exception that a split raised: TensorFlow and thread pools wrap or lose it."""
        self._validation = None if validation is None or not len(validation) else validation
        self._validation_batches: FitData | None = None

    @property
    def steps_per_epoch(self) -> int:
        """How many whole batches the training examples fill."""
        return self.data_order.steps_per_epoch

    def order(self, epoch_index: int) -> np.ndarray:
        """The positions of an epoch (counted from 0), (steps_per_epoch, batch_size)."""
        order = self.data_order
        return epoch_order(order.seed, epoch_index, order.examples, order.batch_size)

    def source(self) -> BatchSource:
        """Where steps take their batches from: the device if the examples fit, else the chunks."""
        split = self.train
        if self._of_epoch is not None:
            return BatchSource()
        if held_in_memory(split) and split.values.nbytes <= RESIDENT_BYTES:
            return BatchSource.of(split, self.conditions)
        return BatchSource()

    def max_steps_per_call(self, source: BatchSource) -> int:
        """The most steps of a chunk."""
        batch_size = self.data_order.batch_size
        if source.values is not None:
            return max(1, min(MAX_STEPS_PER_CALL, CHUNK_POSITIONS // batch_size))
        batch_bytes = self.train.take(np.arange(1)).nbytes * batch_size
        return max(1, min(MAX_STEPS_PER_CALL, CHUNK_BYTES // batch_bytes))

    def chunks(self, epoch: Epoch, source: BatchSource) -> FitData:
        """The training data of one epoch, as `fit` takes it.

        Args:
            epoch: which steps, in which chunks.
            source: as `source()` returned it.
        """
        order = self.order(epoch.index)
        chunks = (
            _ExampleChunks(self, self._split_of(epoch), order, epoch)
            if source.values is None
            else _PositionChunks(order, epoch, self.max_steps_per_call(source))
        )
        if keras.backend.backend() == "tensorflow":
            from vaereg.model.backends.tensorflow.feeding import TensorChunks

            return TensorChunks(chunks)
        return chunks

    def _split_of(self, epoch: Epoch) -> Split:
        return self.train if self._of_epoch is None else self._of_epoch(epoch.index)

    @property
    def validates(self) -> bool:
        """Whether there is validation data."""
        return self._validation is not None

    def validation(self) -> FitData | None:
        """The validation data as `fit` takes it, made once; None if there is none."""
        if self._validation is not None and self._validation_batches is None:
            self._validation_batches = self._make_validation(self._validation)
        return self._validation_batches

    def _make_validation(self, split: Split) -> FitData:
        batches = validation_batches(len(split), self.data_order.batch_size)
        if keras.backend.backend() == "tensorflow":
            from vaereg.model.backends.tensorflow.feeding import validation_dataset

            return validation_dataset(self.batch, split, batches, self.conditions)
        return _ValidationBatches(self, split, batches)

    def take(self, split: Split, indices: np.ndarray) -> np.ndarray:
        """Examples of a split; an exception is also kept in `fault`."""
        with self._noting_faults():
            values = split.take(indices)
            if not held_in_memory(split):
                self._check(values, indices)
            return values

    def batch(self, split: Split, indices: np.ndarray) -> Batch:
        """A batch of a split, (x,) or (x, conditions), as `take` reads it."""
        values = self.take(split, indices)
        if not self.conditions:
            return (values,)
        with self._noting_faults():
            return values, conditions_at(split, self.conditions, indices)

    @contextmanager
    def _noting_faults(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            self.fault = self._blamed(error)
            if self.fault is error:
                raise
            raise self.fault from error


class _Chunks(keras.utils.PyDataset):
    """Chunks (batches, how many of them count), whose lengths are known in advance."""

    def __init__(self, epoch: Epoch) -> None:
        super().__init__(workers=1)
        self._spans = [
            (first, first + length)
            for first, length in zip(epoch.first_steps, epoch.chunks, strict=True)
        ]

    @property
    def num_batches(self) -> int:
        return len(self._spans)


class _PositionChunks(_Chunks):
    """Chunks of positions, int32 (max_steps, batch_size): one shape, so one compiled program."""

    def __init__(self, order: np.ndarray, epoch: Epoch, max_steps: int) -> None:
        super().__init__(epoch)
        self._order = order.astype(np.int32)
        self._max_steps = max_steps

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        start, stop = self._spans[index]
        positions = np.zeros((self._max_steps, self._order.shape[1]), np.int32)
        positions[: stop - start] = self._order[start:stop]
        return positions, np.array([stop - start], np.int32)


class _ExampleChunks(_Chunks):
    """Chunks of examples, float32 (steps, batch_size, *data), read ahead on a thread; with their
    conditions if the model is told any."""

    def __init__(self, feed: Feed, split: Split, order: np.ndarray, epoch: Epoch) -> None:
        super().__init__(epoch)
        self._batches = _ReadAhead(feed, split, list(order))

    def __getitem__(self, index: int) -> tuple[np.ndarray | Batch, np.ndarray]:
        start, stop = self._spans[index]
        batches = self._batches.take(start, stop)
        count = np.array([stop - start], np.int32)
        if len(batches[0]) == 1:
            return np.stack([batch[0] for batch in batches]), count
        stacked: Batch = keras.tree.map_structure(lambda *each: np.stack(each), *batches)
        return stacked, count


class _ValidationBatches(keras.utils.PyDataset):
    """The validation batches as numpy arrays; those on disk are read ahead on a thread."""

    def __init__(self, feed: Feed, split: Split, order: Sequence[np.ndarray]) -> None:
        super().__init__(workers=1)
        self._count = len(order)
        self._batches = _ReadAhead(feed, split, order)

    @property
    def num_batches(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> Batch:
        (batch,) = self._batches.take(index, index + 1)
        return batch


class _ReadAhead:
    """Batches of a split; those on disk are read on a thread before they are needed.

    Args:
        feed: its `batch` reads the examples.
        split: the split to read.
        order: the positions of each batch.
    """

    def __init__(self, feed: Feed, split: Split, order: Sequence[np.ndarray]) -> None:
        self._feed = feed
        self._split = split
        self._order = order
        self._pool = None if held_in_memory(split) else ThreadPoolExecutor(1)
        self._ahead: dict[int, Future[Batch]] = {}

    def _read(self, step: int) -> Batch:
        return self._feed.batch(self._split, self._order[step])

    def take(self, start: int, stop: int) -> list[Batch]:
        """The batches from `start` to `stop`, which is excluded."""
        if self._pool is None:
            return [self._read(step) for step in range(start, stop)]
        for step in range(start, min(stop + max(BATCHES_AHEAD, stop - start), len(self._order))):
            if step not in self._ahead:
                self._ahead[step] = self._pool.submit(self._read, step)
        return [self._ahead.pop(step).result() for step in range(start, stop)]
