"""Notifies the clock of each training step."""

from __future__ import annotations

from collections.abc import Mapping

import keras

from vaereg.contracts.tensor import Tensor
from vaereg.training.clock import Clock


class StepTimer(keras.callbacks.Callback):
    """Counts the steps for the clock.

    Args:
        clock: times the steps.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._first_step = 0

    def on_epoch_begin(self, epoch_index: int, logs: Mapping[str, Tensor] | None = None) -> None:
        """An epoch begins, or the rest of one that was interrupted."""
        self._clock.start_epoch()

    def on_train_batch_begin(self, batch: int, logs: Mapping[str, Tensor] | None = None) -> None:
        """Notes the first step of a chunk."""
        self._first_step = batch

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Tensor] | None = None) -> None:
        """Counts the steps of a chunk."""
        self._clock.count_steps(batch - self._first_step + 1)

    def on_epoch_end(self, epoch_index: int, logs: Mapping[str, Tensor] | None = None) -> None:
        """The steps and the validation of an epoch are over."""
        self._clock.end_steps()
