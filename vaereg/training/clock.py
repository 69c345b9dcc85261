"""How fast a training runs, and how much longer it will take."""

from __future__ import annotations

import time

COMPILE_SECONDS = 10.0
"""How long it may take to compile validation and drawing, at the end of the first epoch."""


class Clock:
    """Times the steps of a training, except the first one, during which the step is compiled.

    Args:
        steps_per_epoch: how many steps an epoch has.
        batch_size: examples per step.
        seconds_before: how long earlier processes worked on the run.
    """

    def __init__(self, steps_per_epoch: int, batch_size: int, seconds_before: float = 0.0) -> None:
        self._steps_per_epoch = steps_per_epoch
        self._batch_size = batch_size
        self._seconds_before = seconds_before
        self._began = time.monotonic()
        self._epoch_began = self._began
        self._timed_since: float | None = None
        self._timed_steps = 0
        self._compiled = False
        self._total_seconds = 0.0  # of all epochs
        self._total_steps = 0
        self._between_epochs = 0.0  # seconds from the last step of an epoch to its end
        self._caught_up_at = 0.0
        self._occasional_seconds = 0.0  # how many of those seconds other epochs need not take
        self._is_first_epoch = True
        self.step_seconds = 0.0
        """How long a step takes; 0 until one was timed."""
        self.epoch_seconds = 0.0
        """How long the steps and the validation of the last epoch took."""

    @property
    def seconds(self) -> float:
        """Seconds spent on the run so far, by all processes."""
        return self._seconds_before + self.seconds_here

    @property
    def seconds_here(self) -> float:
        """Seconds spent on the run so far by this process."""
        return time.monotonic() - self._began

    @property
    def seconds_of_steps(self) -> float:
        """How long the timed steps of this epoch took, up to the last one that is done."""
        return self.step_seconds * self._timed_steps

    @property
    def rate(self) -> float:
        """Examples per second in this epoch; 0 until a step was timed."""
        return self._batch_size / self.step_seconds if self.step_seconds else 0.0

    @property
    def mean_rate(self) -> float:
        """Images per second over all timed steps; 0 if there are none."""
        if not self._total_seconds:
            return self.rate
        return self._batch_size * self._total_steps / self._total_seconds

    def start_epoch(self) -> None:
        """An epoch begins, or the rest of one that was interrupted."""
        self._epoch_began = time.monotonic()
        self._timed_since = self._epoch_began if self._compiled else None
        self._timed_steps = 0

    def count_steps(self, count: int) -> None:
        """`count` more steps were handed to the device."""
        if self._timed_since is None:
            self._timed_since = time.monotonic()
            self._compiled = True
        else:
            self._timed_steps += count

    def caught_up(self) -> None:
        """The device has finished every step that was counted."""
        self._caught_up_at = time.monotonic()
        if self._timed_steps and self._timed_since is not None:
            self.step_seconds = (self._caught_up_at - self._timed_since) / self._timed_steps

    def end_steps(self) -> None:
        """The steps and the validation of an epoch are over; evaluation and files follow."""
        self.epoch_seconds = time.monotonic() - self._epoch_began
        if self._timed_steps and self._timed_since is not None:
            self._total_seconds += self._caught_up_at - self._timed_since
            self._total_steps += self._timed_steps

    def count_occasional(self, seconds: float) -> None:
        """Something took so long that not every epoch has, such as an evaluation."""
        self._occasional_seconds += seconds

    def end_epoch(self) -> None:
        """An epoch is over, including everything that follows its steps."""
        between = time.monotonic() - self._caught_up_at - self._occasional_seconds
        if self._is_first_epoch:  # compiles what follows the steps, which no later epoch does
            between = max(0.0, between - COMPILE_SECONDS)
        self._between_epochs = between
        self._occasional_seconds = 0.0
        self._is_first_epoch = False

    def seconds_left(self, step: int, epochs_left: int, evaluation_seconds: float = 0.0) -> float:
        """How much longer the training takes.

        Args:
            step: how many steps of the epoch are done.
            epochs_left: how many epochs follow it.
            evaluation_seconds: how long the remaining evaluations take together.
        """
        steps = self._steps_per_epoch - step + epochs_left * self._steps_per_epoch
        between = (epochs_left + 1) * self._between_epochs
        return steps * self.step_seconds + between + evaluation_seconds
