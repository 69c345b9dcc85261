"""Ends a training whose loss is no longer finite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras

from vaereg.contracts.tensor import Tensor
from vaereg.training.clock import Clock
from vaereg.training.step_faults import check_finite

EVERY = 20
"""How many steps pass between two checks: each check waits for the device."""


class NotFiniteGuard(keras.callbacks.Callback):
    """Checks the running means of the terms, which keep every NaN until the epoch ends.

    Callbacks that need the terms during an epoch call `read`, so the terms are always checked.

    Args:
        names: the logged terms, in the order in which they are reported.
        steps_per_epoch: how many steps an epoch has.
        clock: is notified when the device has caught up.
    """

    def __init__(self, names: Sequence[str], steps_per_epoch: int, clock: Clock) -> None:
        super().__init__()
        self._names = tuple(names)
        self._steps_per_epoch = steps_per_epoch
        self._clock = clock
        self._epoch = 0
        self._checked: int | None = None  # steps of the epoch after which the terms were finite
        self._terms: dict[str, float] = {}

    def on_epoch_begin(self, epoch_index: int, logs: Mapping[str, Tensor] | None = None) -> None:
        """Forgets the previous epoch."""
        self._epoch = epoch_index + 1
        self._checked = None

    def on_train_batch_begin(self, batch: int, logs: Mapping[str, Tensor] | None = None) -> None:
        """Assumes that the terms were finite after the earlier steps of an interrupted epoch."""
        if self._checked is None:
            self._checked = batch

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Tensor] | None = None) -> None:
        """Checks the first step, then one step at regular intervals, and the last step.

        Raises:
            NotFiniteError: naming the terms, and the steps between which they became not finite.
        """
        step = batch + 1
        if step - (self._checked or 0) >= EVERY or step in (1, self._steps_per_epoch):
            self.read(batch, logs or {})

    def read(self, batch: int, logs: Mapping[str, Tensor]) -> dict[str, float]:
        """The running means after a step (counted from 0) as floats; waits for the device.

        Raises:
            NotFiniteError: naming the terms, and the steps between which they became not finite.
        """
        step = batch + 1
        if step != self._checked:
            self._terms = check_finite(
                logs, epoch=self._epoch, first_step=(self._checked or 0) + 1, last_step=step
            )
            self._checked = step
            self._clock.caught_up()
        return self._terms

    def on_epoch_end(self, epoch_index: int, logs: dict[str, float]) -> None:
        """Orders the terms of the epoch and of its validation, and checks them.

        Raises:
            NotFiniteError: naming the terms.
        """
        steps = self._steps_per_epoch
        terms = {name: logs[name] for name in self._names if name in logs}
        checked = check_finite(terms, epoch=epoch_index + 1, first_step=steps, last_step=steps)
        logs.clear()
        logs.update(checked)
