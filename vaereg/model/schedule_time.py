"""How a number of training steps becomes the time of a schedule, in epochs."""

from __future__ import annotations

import attrs
from keras import ops

from vaereg.contracts.schedule import Schedule
from vaereg.contracts.tensor import Tensor


@attrs.frozen(kw_only=True)
class ScheduleTime:
    """The time of schedules: where an epoch stands, and how many steps it has.

    All values are constants of the compiled step, which is compiled anew when they change.

    Args:
        steps_per_epoch: the number of steps in one epoch.
        epochs_before: the time, in epochs, at which epochs began to have this many steps.
        steps_before: the number of steps that had been made then.
        latest: the time, in epochs, at which the clock stops: the end of an epoch whose length is
            not known yet. None if it does not stop.
        examples: the number of training examples in an epoch; 0 for that of the declared data.
        is_of_fit: whether epochs are those of data that was handed to `fit`.
    """

    steps_per_epoch: int
    epochs_before: float = 0.0
    steps_before: int = 0
    latest: float | None = None
    examples: int = 0
    is_of_fit: bool = attrs.field(default=False, eq=False)

    def epochs_after(self, steps: int) -> float:
        """The time in epochs after so many steps."""
        time = self.epochs_before + (steps - self.steps_before) / self.steps_per_epoch
        return time if self.latest is None else min(time, self.latest)

    def epochs(self, global_step: Tensor) -> Tensor:
        """The time in epochs at a step, a scalar float32 tensor."""
        return ops.cast(self._moved(global_step), "float32") / self.steps_per_epoch

    def value(self, schedule: Schedule, global_step: Tensor) -> Tensor:
        """The value of a schedule at a step: a float, or a scalar float32 tensor."""
        step = self._moved(global_step) if schedule.unit == "epochs" else global_step
        return schedule.at(step, self.steps_per_epoch, ops)

    def _moved(self, global_step: Tensor) -> Tensor:
        """The steps that would have been made at this time if all epochs had this many."""
        moved = self.epochs_before * self.steps_per_epoch - self.steps_before
        step = global_step
        if moved:
            step = ops.cast(step, "float32") + moved
        if self.latest is not None:
            step = ops.minimum(ops.cast(step, "float32"), self.latest * self.steps_per_epoch)
        return step

    def of_epochs(self, steps_per_epoch: int, steps: int) -> ScheduleTime:
        """The time that goes on after `steps` with epochs of `steps_per_epoch` steps each."""
        if self.latest is None and steps_per_epoch == self.steps_per_epoch:
            return attrs.evolve(self, is_of_fit=True)
        return ScheduleTime(
            steps_per_epoch=steps_per_epoch,
            epochs_before=self.epochs_after(steps),
            steps_before=steps,
            examples=self.examples,
            is_of_fit=True,
        )

    def of_unknown_epoch(self, steps: int) -> ScheduleTime:
        """The time in an epoch of unknown length that begins after `steps`.

        It runs as in the epochs before, and stops where the next epoch begins.
        """
        now = self.epochs_after(steps)
        return attrs.evolve(self, epochs_before=now, steps_before=steps, latest=now + 1.0)
