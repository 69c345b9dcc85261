"""Shows the user the progress of a training."""

from __future__ import annotations

from collections.abc import Mapping

import keras

from vaereg.contracts.tensor import Tensor
from vaereg.host.progress import Progress
from vaereg.training.callbacks.epoch_evaluation import EpochEvaluation
from vaereg.training.callbacks.not_finite_guard import NotFiniteGuard
from vaereg.training.clock import Clock
from vaereg.training.monitor import Monitor


class ProgressDisplay(keras.callbacks.Callback):
    """Shows the current epoch from time to time, and a line for each finished epoch.

    Args:
        progress: writes to the terminal.
        epochs, steps_per_epoch: of the training.
        guard: reads the terms of a step.
        clock: knows the speed and the time left.
        best: knows whether an epoch is the best so far.
        evaluation: knows how long the remaining evaluations take; None without evaluation.
    """

    def __init__(
        self,
        progress: Progress,
        *,
        epochs: int,
        steps_per_epoch: int,
        guard: NotFiniteGuard,
        clock: Clock,
        best: Monitor,
        evaluation: EpochEvaluation | None,
    ) -> None:
        super().__init__()
        self._progress = progress
        self._epochs = epochs
        self._steps_per_epoch = steps_per_epoch
        self._guard = guard
        self._clock = clock
        self._best = best
        self._evaluation = evaluation
        self._epoch = 0

    def on_epoch_begin(self, epoch_index: int, logs: Mapping[str, Tensor] | None = None) -> None:
        """Notes which epoch is running."""
        self._epoch = epoch_index + 1

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Tensor] | None = None) -> None:
        """Shows a step if enough time has passed since one was last shown."""
        if not self._progress.step_is_due():
            return
        terms = self._guard.read(batch, logs or {})
        self._progress.step(
            epoch=self._epoch,
            epochs=self._epochs,
            step=batch + 1,
            steps=self._steps_per_epoch,
            rate=self._clock.rate,
            left=self._seconds_left(batch + 1, evaluated=self._epoch - 1),
            terms=terms,
        )

    def on_test_begin(self, logs: Mapping[str, Tensor] | None = None) -> None:
        """Shows that validation is running, unless each stage is printed on a line of its own."""
        if self._progress.live:
            self._progress.stage(f"validating epoch {self._epoch}")

    def on_epoch_end(self, epoch_index: int, logs: dict[str, float]) -> None:
        """Shows a finished epoch."""
        epoch = epoch_index + 1
        self._clock.end_epoch()  # only this line is left to do; the time left needs the duration
        is_best = self._best.best_epoch == epoch
        self._progress.epoch(
            epoch=epoch,
            epochs=self._epochs,
            rate=self._clock.rate,
            seconds=self._clock.epoch_seconds,
            left=self._seconds_left(self._steps_per_epoch, evaluated=epoch),
            terms=logs,
            note=f"best {self._best.term}" if is_best and epoch > 1 else "",
        )

    def _seconds_left(self, step: int, *, evaluated: int) -> float:
        """How much longer the training takes.

        Args:
            step: how many steps of the epoch are done.
            evaluated: evaluations up to this epoch are done.
        """
        evaluations = self._evaluation.seconds_left(evaluated) if self._evaluation else 0.0
        return self._clock.seconds_left(step, self._epochs - self._epoch, evaluations)
