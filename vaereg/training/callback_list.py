"""Keras's list of callbacks without its wait for the device after every step."""

from __future__ import annotations

from typing import Any

import keras


class StepCallbacks(keras.callbacks.CallbackList):
    """Hands the logs of a step on as they are, perhaps still being computed.

    Keras turns every value into a Python float after every step, or does it on threads; either
    keeps an accelerator waiting. Our own callbacks look when they need to.
    """

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
