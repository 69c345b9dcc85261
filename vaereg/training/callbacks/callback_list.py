"""Calls the callbacks of a training, which fits one epoch at a time, several steps per call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras

from vaereg.contracts.tensor import Tensor
from vaereg.training.epoch import Epoch


class _InOrder(keras.callbacks.CallbackList):
    """Calls its callbacks one after another on this thread, whatever the backend."""

    def _configure_async_dispatch(self, callbacks: object) -> None:
        del callbacks  # Keras would call some of them on other threads


class TrainingCallbacks:
    """The callbacks of a whole training, which consists of one `fit` per epoch.

    Args:
        callbacks: in the order in which they are called.
        model: the model that is trained.
        epochs: of the whole training.
    """

    def __init__(
        self,
        callbacks: Sequence[keras.callbacks.Callback],
        *,
        model: keras.Model,
        epochs: int,
    ) -> None:
        self._list = _InOrder(callbacks, add_history=True, model=model, epochs=epochs)

    def begin(self) -> None:
        """Calls `on_train_begin`, once per training."""
        self._list.on_train_begin()

    def end(self) -> None:
        """Calls `on_train_end`, once per training."""
        self._list.on_train_end()

    def of_epoch(self, epoch: Epoch) -> keras.callbacks.CallbackList:
        """The callbacks to pass to the `fit` of one epoch."""
        return _EpochCallbacks(self._list.callbacks, epoch)


class _EpochCallbacks(_InOrder):
    """The callbacks during the `fit` of one epoch.

    As in Keras with `steps_per_execution`, `on_train_batch_begin` gets the index of the first step
    of a chunk and `on_train_batch_end` the index of its last step, both counted from 0 within the
    epoch. The logs of a chunk may not be computed yet: Keras would convert them to Python floats
    after every chunk and so keep an accelerator waiting. The logs of an epoch are floats in one
    dict. Callbacks may change that dict, and later callbacks see the changes.
    """

    def __init__(self, callbacks: Sequence[keras.callbacks.Callback], epoch: Epoch) -> None:
        super().__init__(callbacks)
        self._first_steps = epoch.first_steps
        self._chunks = epoch.chunks

    def on_train_begin(self, logs: Mapping[str, Tensor] | None = None) -> None:
        """Calls no callback: only the `fit` of one epoch begins, not the training."""

    def on_train_end(self, logs: Mapping[str, Tensor] | None = None) -> None:
        """Calls no callback: only the `fit` of one epoch ends, not the training."""

    def on_train_batch_begin(self, batch: int, logs: Mapping[str, Tensor] | None = None) -> None:
        """A chunk begins; `batch` is its index."""
        for callback in self.callbacks:
            callback.on_train_batch_begin(self._first_steps[batch], logs)

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Tensor] | None = None) -> None:
        """The steps of a chunk were handed to the device; `batch` is its index."""
        last = self._first_steps[batch] + self._chunks[batch] - 1
        for callback in self.callbacks:
            callback.on_train_batch_end(last, logs)

    def on_test_batch_begin(self, batch: int, logs: Mapping[str, Tensor] | None = None) -> None:
        """A validation step begins."""
        for callback in self.callbacks:
            callback.on_test_batch_begin(batch, logs)

    def on_test_batch_end(self, batch: int, logs: Mapping[str, Tensor] | None = None) -> None:
        """A validation step was handed to the device."""
        for callback in self.callbacks:
            callback.on_test_batch_end(batch, logs)
