"""Keras's list of callbacks for a `fit` an epoch, without its wait for the device."""

from __future__ import annotations

from typing import Any

import keras


class StepCallbacks(keras.callbacks.CallbackList):
    """Hands the logs of a step on as they are, perhaps still being computed.

    Keras turns every value into a Python float after every step, or does it on threads; either
    keeps an accelerator waiting. Our own callbacks look when they need to. Since each epoch is a
    `fit` of its own, the training begins and ends by `begin` and `end`, not where `fit` does.

    Args:
        callbacks: what is called.
        model: what is trained.
        epochs: of the whole training.
    """

    def __init__(self, callbacks: Any, *, model: Any, epochs: int) -> None:
        super().__init__(callbacks, add_history=True, model=model, epochs=epochs)

    def begin(self) -> None:
        """The training begins."""
        super().on_train_begin()

    def end(self) -> None:
        """The training is over."""
        super().on_train_end()

    def on_train_begin(self, logs: Any = None) -> None:
        """Called at the beginning of each `fit`, which is none of the training."""

    def on_train_end(self, logs: Any = None) -> None:
        """Called at the end of each `fit`, which is none of the training."""

    def _configure_async_dispatch(self, callbacks: Any) -> None:
        del callbacks  # everything stays in order, on this thread

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Called before each training step."""
        for callback in self.callbacks:
            callback.on_train_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Called after each training step."""
        for callback in self.callbacks:
            callback.on_train_batch_end(batch, logs)

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Called before each validation step."""
        for callback in self.callbacks:
            callback.on_test_batch_begin(batch, logs)

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """Called after each validation step."""
        for callback in self.callbacks:
            callback.on_test_batch_end(batch, logs)
