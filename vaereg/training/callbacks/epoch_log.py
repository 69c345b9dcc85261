"""Records each epoch in log.jsonl and status.json."""

from __future__ import annotations

import keras

from vaereg.runs.layout import RunFolder
from vaereg.runs.log import Log
from vaereg.runs.status import Status, write_status
from vaereg.training.clock import Clock


class EpochLog(keras.callbacks.Callback):
    """Adds an event per epoch to the log, and writes the status of the run.

    Args:
        run: the run whose status is written.
        log: gets the events.
        clock: knows duration and speed.
        epochs: the declared number of epochs.
    """

    def __init__(self, run: RunFolder, log: Log, clock: Clock, epochs: int) -> None:
        super().__init__()
        self._run = run
        self._log = log
        self._clock = clock
        self._epochs = epochs

    def on_epoch_end(self, epoch_index: int, logs: dict[str, float]) -> None:
        """Records an epoch."""
        epoch = epoch_index + 1
        self._log.add(
            "epoch",
            epoch=epoch,
            terms=logs,
            seconds=round(self._clock.epoch_seconds, 3),
            images_per_second=round(self._clock.rate, 1),
        )
        write_status(self._run, Status(state="running", epochs=epoch, of=self._epochs))
