"""Reports how long everything up to the first step took."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import keras

from vaereg.contracts.tensor import Tensor
from vaereg.host.progress import Progress
from vaereg.runs.log import Log
from vaereg.training.callbacks.not_finite_guard import NotFiniteGuard

if TYPE_CHECKING:
    from vaereg.model.engine.engine import Engine


class FirstStepReport(keras.callbacks.Callback):
    """Reports the seconds of each stage before the first step, and why steps run eagerly.

    Args:
        vae: the model in training.
        guard: reads the terms, and so waits until the first step is done.
        log: gets an event.
        progress: shows the report, and has timed the stages.
    """

    def __init__(self, vae: Engine, guard: NotFiniteGuard, log: Log, progress: Progress) -> None:
        super().__init__()
        self._vae = vae
        self._guard = guard
        self._log = log
        self._progress = progress
        self._reported = False

    def on_epoch_begin(self, epoch_index: int, logs: Mapping[str, Tensor] | None = None) -> None:
        """Shows that the first step is being compiled."""
        if not self._reported:
            self._progress.stage("compiling the first step", "compile")

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Tensor] | None = None) -> None:
        """Reports the first step of this process."""
        if self._reported:
            return
        self._reported = True
        self._guard.read(batch, logs or {})
        self._progress.end_stage()
        seconds = {name: round(each, 3) for name, each in self._progress.spent.items()}
        reason = self._vae.eager_reason
        self._log.add("first step", seconds=seconds, **({"eager_reason": reason} if reason else {}))
        stages = ", ".join(f"{name} {each:.1f}" for name, each in seconds.items())
        self._progress.say(f"first step after {sum(seconds.values()):.1f} s ({stages})")
        if reason:
            self._progress.say(f"note: running eagerly: {reason}")
