"""Shows the user the progress of a training."""

from __future__ import annotations

import math
from collections.abc import Mapping

import keras

from vaereg.contracts.tensor import Tensor
from vaereg.host.progress import Progress, rough_duration
from vaereg.runs.log import FINAL_LOSS
from vaereg.training.callbacks.epoch_evaluation import EpochEvaluation
from vaereg.training.callbacks.not_finite_guard import NotFiniteGuard
from vaereg.training.clock import Clock
from vaereg.training.monitor import Monitor

ESTIMATE_SECONDS = 20.0
"""How long a training runs before its duration is estimated within its first two epochs."""

WORTH_TELLING_SECONDS = 10.0
"""How long a training must still take for its duration to be worth a line."""


class ProgressDisplay(keras.callbacks.Callback):
    """Shows the current epoch from time to time, and a line for each finished epoch.

    A sentence says once how long the training will take, as soon as that is known: after its second
    epoch, or within a long epoch.

    Args:
        progress: writes to the terminal.
        epochs, steps_per_epoch: of the training.
        guard: reads the terms of a step.
        clock: knows the speed and the time left.
        best: knows whether an epoch is the best so far.
        evaluation: knows how long the remaining evaluations take; None without evaluation.
        may_stop_early: whether the training may end before the last epoch.
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
        may_stop_early: bool = False,
    ) -> None:
        super().__init__()
        self._progress = progress
        self._epochs = epochs
        self._steps_per_epoch = steps_per_epoch
        self._guard = guard
        self._clock = clock
        self._best = best
        self._evaluation = evaluation
        self._may_stop_early = may_stop_early
        self._epoch = 0
        self._epochs_here = 0
        self._estimated = False

    def on_epoch_begin(self, epoch_index: int, logs: Mapping[str, Tensor] | None = None) -> None:
        """Notes which epoch is running."""
        self._epoch = epoch_index + 1

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Tensor] | None = None) -> None:
        """Shows a step if enough time has passed since one was last shown."""
        if not self._estimated and self._clock.seconds_of_steps >= ESTIMATE_SECONDS:
            self._estimate(self._seconds_left(batch + 1, evaluated=self._epoch - 1))
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
        self._epochs_here += 1
        is_best = self._best.best_epoch == epoch
        left = self._seconds_left(self._steps_per_epoch, evaluated=epoch)
        terms = _without_repeated_losses(logs)
        watched = self._best.term
        if watched in logs and watched not in terms:
            watched = watched.replace(FINAL_LOSS, "loss")
        self._progress.epoch(
            epoch=epoch,
            epochs=self._epochs,
            rate=self._clock.rate,
            seconds=self._clock.epoch_seconds,
            left=left,
            terms=terms,
            note=f"best {watched}" if is_best and epoch > 1 else "",
        )
        # The first epoch compiles much that the others do not, and few of its steps are timed.
        if not self._estimated and self._epochs_here > 1 and epoch < self._epochs:
            self._estimate(left)

    def _estimate(self, left: float) -> None:
        """Says how long the training will take, unless it is about to end."""
        self._estimated = True
        if left >= WORTH_TELLING_SECONDS:
            earlier = ", or earlier" if self._may_stop_early else ""
            self._progress.say(f"training will end in about {rough_duration(left)}{earlier}")

    def _seconds_left(self, step: int, *, evaluated: int) -> float:
        """How much longer the training takes.

        Args:
            step: how many steps of the epoch are done.
            evaluated: evaluations up to this epoch are done.
        """
        evaluations = self._evaluation.seconds_left(evaluated) if self._evaluation else 0.0
        return self._clock.seconds_left(step, self._epochs - self._epoch, evaluations)


def _is_close(value: float, loss: float | None) -> bool:
    """Whether two sums of the same float32 terms differ by rounding at most."""
    return loss is not None and math.isclose(value, loss, rel_tol=1e-5)


def _without_repeated_losses(terms: Mapping[str, float]) -> dict[str, float]:
    """The terms, without a loss at final weights once all weights have their final value."""
    return {
        name: value
        for name, value in terms.items()
        if FINAL_LOSS not in name
        or not _is_close(value, terms.get(name.replace(FINAL_LOSS, "loss")))
    }
