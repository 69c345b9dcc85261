"""Writes the checkpoints `last` and `best`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs
import keras

from vaereg.contracts.tensor import Tensor
from vaereg.declaration.declaration import Checkpointing
from vaereg.runs.checkpoints import Checkpoint, DataOrder, Position, save_checkpoint
from vaereg.runs.layout import RunFolder
from vaereg.training.callbacks.not_finite_guard import NotFiniteGuard
from vaereg.training.clock import Clock
from vaereg.training.interruption import Interruption
from vaereg.training.monitor import Monitor
from vaereg.training.step_faults import check_finite_weights

if TYPE_CHECKING:
    from vaereg.model.engine.engine import Engine


class CheckpointWriter(keras.callbacks.Callback):
    """Writes a checkpoint after each epoch, within an epoch when one is due, and on a signal.

    Args:
        vae: the model, whose whole state is kept.
        run: the folder that the checkpoints are written to.
        schedule: when a checkpoint is due within an epoch.
        data_order: everything that determines the order of the examples; kept in the checkpoints.
        best: decides which epoch is the best so far.
        monitors: by name, the monitors whose states are kept; `best` is one of them.
        guard: reads the terms, so that no checkpoint holds values that are not finite.
        clock: knows how long the training has taken so far.
        interruption: whether the user asked to stop.
        saved: the checkpoint that the training continues from; None at its beginning.
        best_digest: the digest of the checkpoint of the best epoch so far; empty if there is none.
    """

    def __init__(
        self,
        vae: Engine,
        run: RunFolder,
        *,
        schedule: Checkpointing,
        data_order: DataOrder,
        best: Monitor,
        monitors: Mapping[str, Monitor],
        guard: NotFiniteGuard,
        clock: Clock,
        interruption: Interruption,
        saved: Position | None,
        best_digest: str = "",
    ) -> None:
        super().__init__()
        self._vae = vae
        self._run = run
        self._schedule = schedule
        self._data_order = data_order
        self._best = best
        self._monitors = monitors
        self._guard = guard
        self._clock = clock
        self._interruption = interruption
        self._weights = {variable.path for variable in vae.trainable_variables}
        self.position = saved or Position()
        """How far the training has come."""
        self._saved = saved
        self._saved_at = time.monotonic()
        self.best_digest = best_digest
        """The digest of the checkpoint of the best epoch so far; empty if there is none."""

    @property
    def is_up_to_date(self) -> bool:
        """Whether `last` holds everything trained so far."""
        return self._saved == self.position

    @property
    def kept(self) -> str:
        """A sentence that says what is kept if the training fails now."""
        path = self._run.last
        if self._saved is not None:
            return f"The last good checkpoint, after {self._saved}, is kept in {path}."
        if path.exists():
            return f"The last good checkpoint is kept in {path}."
        return "No checkpoint has been written yet."

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Tensor] | None = None) -> None:
        """Writes `last` if a checkpoint is due; at the end of an epoch, `on_epoch_end` writes it.

        Raises:
            NotFiniteError: if a term or a weight is not finite; nothing is written then.
        """
        self.position = Position(self.position.epoch, batch + 1)
        if self.position.step == self._data_order.steps_per_epoch:
            return
        if self._is_due() or self._interruption.asked:
            self._guard.read(batch, logs or {})
            self._save()

    def on_epoch_end(self, epoch_index: int, logs: dict[str, float]) -> None:
        """Writes `best` if this is the best epoch so far, and then `last`.

        Raises:
            NotFiniteError: if a weight is not finite; nothing is written then.
        """
        self.position = Position(epoch_index + 1, 0)
        self._save(best=self._best.update(epoch_index + 1, logs))

    def _is_due(self) -> bool:
        position, schedule = self.position, self._schedule
        steps = position.epoch * self._data_order.steps_per_epoch + position.step
        if schedule.every_steps and steps % schedule.every_steps == 0:
            return True
        return bool(
            schedule.every_seconds and time.monotonic() - self._saved_at >= schedule.every_seconds
        )

    def _save(self, *, best: bool = False) -> None:
        checkpoint = Checkpoint(
            position=self.position,
            arrays=self._vae.state(),
            data_order=self._data_order,
            monitors={name: monitor.state() for name, monitor in self._monitors.items()},
            best=self.best_digest,
            seconds=self._clock.seconds,
        )
        check_finite_weights(checkpoint.arrays, self._weights)
        if best:
            self.best_digest = save_checkpoint(self._run.best, checkpoint)
            checkpoint = attrs.evolve(checkpoint, best=self.best_digest)
        save_checkpoint(self._run.last, checkpoint)
        self._saved = self.position
        self._saved_at = time.monotonic()
