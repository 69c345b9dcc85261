"""Batches in the form that each backend takes fastest, always in the order of `order`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import keras
import numpy as np

from vaereg.contracts.data import ArraySplit, Split
from vaereg.training.order import epoch_order, validation_batches

AHEAD = 4
"""How many batches of a split on disk are read before they are asked for."""


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

    def order(self, epoch: int) -> np.ndarray:
        """The positions of an epoch, (steps, batch_size)."""
        return epoch_order(self.seed, epoch, len(self.train), self.batch_size)

    def batches(self, first: int, last: int, skip: int = 0) -> Any:
        """What to hand to `fit` for the epochs from `first` up to, without, `last`.

        Args:
            first, last: epochs, counted from 0.
            skip: how many batches of the first are done; only if it is the only one.
        """
        if keras.backend.backend() == "tensorflow":
            from vaereg.training.tensorflow_feeding import training_dataset

            return training_dataset(self, first, last, skip)
        return _Batches(self, self.train, list(self.order(first)[skip:]), refresh=skip == 0)

    @property
    def validates(self) -> bool:
        """Whether there is validation data."""
        return self._validation is not None

    def validation(self) -> Any:
        """What to hand to `fit` as validation data; None where there is none."""
        if self._validation is None:
            return None
        batches = validation_batches(len(self._validation), self.batch_size)
        if keras.backend.backend() == "tensorflow":
            from vaereg.training.tensorflow_feeding import validation_dataset

            return validation_dataset(self, self._validation, batches)
        return _Batches(self, self._validation, batches)

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


class _Batches(keras.utils.PyDataset):
    """Batches of a split as numpy arrays, read ahead on a thread where it is not in memory."""

    def __init__(
        self, feed: Feed, split: Split, order: Sequence[np.ndarray], refresh: bool = False
    ) -> None:
        super().__init__(workers=1)
        self._feed = feed
        self._split = split
        self._order = order
        self._refresh = refresh
        self._pool = None if isinstance(split, ArraySplit) else ThreadPoolExecutor(1)
        self._ahead: dict[int, Future[np.ndarray]] = {}

    def start_epoch(self, epoch: int) -> None:
        """Takes the order of that epoch; called when it begins."""
        self._ahead.clear()
        if self._refresh:
            self._order = list(self._feed.order(epoch))

    @property
    def num_batches(self) -> int:
        return len(self._order)

    def __getitem__(self, index: int) -> tuple[np.ndarray]:
        if self._pool is None:
            return (self._feed.take(self._split, self._order[index]),)
        for position in range(index, min(index + AHEAD, len(self._order))):
            if position not in self._ahead:
                self._ahead[position] = self._pool.submit(
                    self._feed.take, self._split, self._order[position]
                )
        return (self._ahead.pop(index).result(),)


class EpochOrder(keras.callbacks.Callback):
    """Tells numpy-fed backends which epoch begins."""

    def __init__(self, batches: Any) -> None:
        super().__init__()
        self._batches = batches

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Sets the order of the epoch."""
        del logs
        if isinstance(self._batches, _Batches):
            self._batches.start_epoch(epoch)
