"""Adds each epoch to history.csv."""

from __future__ import annotations

import keras

from vaereg.runs.history import History


class HistoryWriter(keras.callbacks.Callback):
    """Writes a row per epoch.

    Args:
        history: the file.
        steps_per_epoch: how many steps an epoch has.
    """

    def __init__(self, history: History, steps_per_epoch: int) -> None:
        super().__init__()
        self._history = history
        self._steps_per_epoch = steps_per_epoch

    def on_epoch_end(self, epoch_index: int, logs: dict[str, float]) -> None:
        """Writes the row of an epoch."""
        epoch = epoch_index + 1
        self._history.add(epoch, epoch * self._steps_per_epoch, logs)
