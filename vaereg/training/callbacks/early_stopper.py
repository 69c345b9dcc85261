"""Ends a training when its monitored term no longer improves."""

from __future__ import annotations

from collections.abc import Mapping

import keras

from vaereg.training.monitor import Monitor


class EarlyStopper(keras.callbacks.Callback):
    """Stops after more than `patience` epochs without improvement.

    Args:
        monitor: watches the term.
        patience: how many epochs without improvement are allowed; epochs without a value of the
            term do not count.
    """

    def __init__(self, monitor: Monitor, patience: int) -> None:
        super().__init__()
        self.monitor = monitor
        self._patience = patience

    @property
    def is_patience_exhausted(self) -> bool:
        """Whether the training ends here."""
        return self.monitor.wait > self._patience

    def ends_after(self, terms: Mapping[str, float]) -> bool:
        """Whether an epoch with these terms would be the last; changes nothing."""
        return self.monitor.wait_after(terms) > self._patience

    def on_epoch_end(self, epoch_index: int, logs: dict[str, float]) -> None:
        """Counts the epoch, and stops the training if patience is exhausted."""
        self.monitor.update(epoch_index + 1, logs)
        if self.is_patience_exhausted:
            self.model.stop_training = True
