"""How fast a training goes and how long it still takes."""

from __future__ import annotations

import time


class Clock:
    """Times the steps of a training, leaving out the first, which compiles.

    Args:
        steps: per epoch.
        batch_size: images per step.
        before: seconds that earlier processes spent on the run.
    """

    def __init__(self, steps: int, batch_size: int, before: float = 0.0) -> None:
        self._steps = steps
        self._batch_size = batch_size
        self._before = before
        self._began = time.monotonic()
        self._epoch_began = self._began
        self._timed_since: float | None = None
        self._timed_steps = 0
        self._step_seconds = 0.0
        self._total = [0.0, 0]  # seconds and steps of all epochs
        self._between = 0.0  # seconds between the last step of the last epoch and its end
        self._last_step_at = 0.0
        self._evaluated = 0.0  # seconds of them that an evaluation took

    @property
    def seconds(self) -> float:
        """Seconds spent on the run so far, by all processes."""
        return self._before + time.monotonic() - self._began

    @property
    def epoch_seconds(self) -> float:
        """Seconds since the epoch began."""
        return time.monotonic() - self._epoch_began

    @property
    def step_seconds(self) -> float:
        """How long a step takes; 0 while none was timed."""
        return self._step_seconds

    @property
    def rate(self) -> float:
        """Images per second of the epoch."""
        return self._batch_size / self._step_seconds if self._step_seconds else 0.0

    @property
    def mean_rate(self) -> float:
        """Images per second of all steps that were timed, 0 if none was."""
        seconds, steps = self._total
        return self._batch_size * steps / seconds if seconds else self.rate

    def start_epoch(self, first_of_all: bool) -> None:
        """Notes that an epoch begins."""
        self._epoch_began = time.monotonic()
        self._timed_since = None if first_of_all else self._epoch_began
        self._timed_steps = 0

    def step(self, count: int = 1) -> None:
        """Notes that steps were handed to the device."""
        if self._timed_since is None:
            self._timed_since = time.monotonic()
        else:
            self._timed_steps += count

    def waited(self) -> None:
        """Notes that every step so far is done."""
        self._last_step_at = time.monotonic()
        if self._timed_steps and self._timed_since is not None:
            self._step_seconds = (self._last_step_at - self._timed_since) / self._timed_steps

    def evaluated(self, seconds: float) -> None:
        """Notes how long the epoch's evaluation took, which not every epoch has."""
        self._evaluated = seconds

    def end_epoch(self) -> None:
        """Notes that an epoch with all that belongs to it is over."""
        if self._timed_steps and self._timed_since is not None:
            self._total[0] += self._last_step_at - self._timed_since
            self._total[1] += self._timed_steps
        self._between = time.monotonic() - self._last_step_at - self._evaluated
        self._evaluated = 0.0

    def left(self, step: int, epochs_left: int, evaluating: float = 0.0) -> float:
        """Seconds that are left.

        Args:
            step: how many steps of the epoch are done.
            epochs_left: how many epochs follow it.
            evaluating: seconds that the evaluations to come will take.
        """
        steps = self._steps - step + epochs_left * self._steps
        return steps * self._step_seconds + (epochs_left + 1) * self._between + evaluating
