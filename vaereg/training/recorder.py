"""The callback that writes the run folder while Keras trains."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import keras

from vaereg.declaration.declaration import TrainSettings
from vaereg.errors import Interrupted
from vaereg.host.progress import Progress
from vaereg.runs.checkpoints import Checkpoint, Position, check_weights, save_checkpoint
from vaereg.runs.history import History
from vaereg.runs.layout import RunFolder
from vaereg.runs.log import Log
from vaereg.runs.status import Status, write_status
from vaereg.training.clock import Clock
from vaereg.training.evaluations import Evaluations
from vaereg.training.interruption import Interruption
from vaereg.training.monitor import Monitor
from vaereg.training.not_finite import NotFiniteGuard


@attrs.define(kw_only=True)
class Tools:
    """What the recorder works with.

    Args:
        run: where everything goes.
        settings: of the training.
        steps: per epoch.
        shape: what the data order depends on, kept in checkpoints.
        history, log, progress, clock, interruption: see their classes.
        best: watches for the best epoch.
        stopping: watches for the end; None without early stopping.
        evaluations: evaluates the model after some epochs.
        draw: called with the epoch (counted from 1) to write a sample grid.
    """

    run: RunFolder
    settings: TrainSettings
    steps: int
    shape: Mapping[str, int]
    history: History
    log: Log
    progress: Progress
    clock: Clock
    interruption: Interruption
    best: Monitor
    stopping: Monitor | None
    evaluations: Evaluations
    draw: Callable[[int], None]

    def monitors(self) -> dict[str, Monitor]:
        """The monitors by the name under which checkpoints keep them."""
        named = {"best": self.best, "early_stopping": self.stopping}
        return {name: monitor for name, monitor in named.items() if monitor is not None}

    def has_waited_enough(self) -> bool:
        """Whether early stopping ends the training now."""
        early = self.settings.early_stopping
        return (
            early is not None
            and self.stopping is not None
            and self.stopping.waited > early.patience
        )


class Recorder(keras.callbacks.Callback):
    """Guards, checkpoints, records and tells, in one fixed order.

    At the end of an epoch, what can be made again comes first and `last` comes after it: whatever
    is killed in between, the epoch is then trained again and gives the same files.

    Args:
        vae: the model; its `state()` is what checkpoints hold.
        tools: what to work with.
        position: where the training goes on.
    """

    def __init__(self, vae: Any, tools: Tools, position: Position) -> None:
        super().__init__()
        self.vae = vae
        self.tools = tools
        self.guard = NotFiniteGuard()
        self.position = position
        self.saved: Position | None = None
        self.pieces: list[int] = []
        """How many steps each item of the epoch holds that `fit` is handed."""
        self.terms: dict[str, float] = {}
        self._weights = {variable.path for variable in vae.trainable_variables}
        self._first = True
        self._checkpoint_at = time.monotonic()

    # ---- called by Keras ----

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """An epoch begins, or the rest of one that was stopped."""
        del logs
        if epoch != self.position.epoch:
            self.position = Position(epoch, 0)
        self.guard.start(self.position.step + 1)
        self.tools.clock.start_epoch(self._first)
        if self._first:
            self.tools.progress.stage("compiling the first step", "compile")

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """A piece of the epoch was handed to the device."""
        tools = self.tools
        made = self.pieces[batch]
        position = self.position = attrs.evolve(self.position, step=self.position.step + made)
        tools.clock.step(made)
        ends = position.step == tools.steps
        due = not ends and (self._checkpoint_is_due() or tools.interruption.asked)
        show = tools.progress.step_is_due()
        if self._first or ends or due or show or self.guard.is_due(position.step):
            terms = self._checked(logs)
            tools.clock.waited()
            if self._first:
                self._tell_first_step()
            if self._first or show:
                self._show(terms)
            self._first = False
        if due:
            self.save()
            self._stop_if_asked()

    def on_test_begin(self, logs: Any = None) -> None:
        """Validation begins."""
        del logs
        if self.tools.progress.live:
            self.tools.progress.stage(f"validating epoch {self.position.epoch + 1}")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """An epoch and its validation are over."""
        tools = self.tools
        names = [name for name in tools.history.names if name in logs]
        ordered = {name: logs[name] for name in names}
        self.terms = self.guard.check(epoch + 1, tools.steps, ordered, self._kept())
        seconds = tools.clock.epoch_seconds
        if tools.stopping is not None:
            tools.stopping.update(epoch + 1, self.terms)
        self._evaluate(epoch + 1)
        tools.history.add(epoch + 1, (epoch + 1) * tools.steps, self.terms)
        self.position = Position(epoch + 1, 0)
        improved = tools.best.update(epoch + 1, self.terms)
        every = tools.settings.samples_every
        if every and (epoch + 1) % every == 0:
            tools.draw(epoch + 1)
        self.save(best=improved)
        tools.clock.end_epoch()
        tools.log.add(
            "epoch",
            epoch=epoch + 1,
            terms=self.terms,
            seconds=round(seconds, 3),
            images_per_second=round(tools.clock.rate, 1),
        )
        write_status(tools.run, Status(state="running", epochs=epoch + 1, of=tools.settings.epochs))
        tools.progress.epoch(
            epoch=epoch + 1,
            epochs=tools.settings.epochs,
            rate=tools.clock.rate,
            seconds=seconds,
            left=tools.clock.left(
                tools.steps,
                tools.settings.epochs - epoch - 1,
                tools.evaluations.seconds_left(epoch + 1),
            ),
            terms=self.terms,
            note=f"best {tools.best.term}" if improved and epoch else "",
        )
        if tools.has_waited_enough():
            self.vae.stop_training = True
        self._stop_if_asked()

    def _evaluate(self, epoch: int) -> None:
        """Evaluates the model where it is time, or where nothing comes after this epoch."""
        tools = self.tools
        if not tools.evaluations.is_due(epoch, ends=tools.has_waited_enough()):
            return
        scores = tools.evaluations.scores(self.vae, epoch)
        tools.clock.evaluated(tools.evaluations.seconds)
        self.terms = {**self.terms, **scores}
        if tools.stopping is not None:
            tools.stopping.update(epoch, scores)  # which counts only if it watches one of them

    # ---- checkpoints ----

    def save(self, *, best: bool = False) -> None:
        """Writes `last`, and before it `best` if this is the best epoch.

        Raises:
            NotFiniteError: if a weight is not finite; nothing is written then.
        """
        tools = self.tools
        checkpoint = Checkpoint(
            position=self.position,
            arrays=self.vae.state(),
            shape=tools.shape,
            monitors={name: monitor.state() for name, monitor in tools.monitors().items()},
            seconds=tools.clock.seconds,
        )
        check_weights(checkpoint.arrays, self._weights, self._kept())
        if best:
            save_checkpoint(tools.run.best, checkpoint)
        save_checkpoint(tools.run.last, checkpoint)
        self.saved = self.position
        self._checkpoint_at = time.monotonic()

    def _checkpoint_is_due(self) -> bool:
        wish = self.tools.settings.checkpoint
        steps = self.position.epoch * self.tools.steps + self.position.step
        if wish.every_steps and steps % wish.every_steps == 0:
            return True
        return bool(
            wish.every_seconds and time.monotonic() - self._checkpoint_at >= wish.every_seconds
        )

    def _stop_if_asked(self) -> None:
        interruption = self.tools.interruption
        if interruption.asked:
            raise Interrupted(
                f"stopped by {interruption.name} after {self.position}; all of it is kept.\n"
                f"resume with: vaereg resume {self.tools.run}"
            )

    # ---- telling ----

    def _tell_first_step(self) -> None:
        """Tells how long it took until here, part by part, and what makes steps slow."""
        tools = self.tools
        tools.progress.end_stage()
        spent = {name: round(seconds, 3) for name, seconds in tools.progress.spent.items()}
        why = self.vae.why_steps_are_slow
        tools.log.add("first step", seconds=spent, **({"steps_are_slow": why} if why else {}))
        parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in spent.items())
        tools.progress.say(f"first step after {sum(spent.values()):.1f} s ({parts})")
        if why:
            tools.progress.say(f"note: steps are made operation by operation, since {why}")

    def _checked(self, logs: Mapping[str, Any]) -> dict[str, float]:
        return self.guard.check(self.position.epoch + 1, self.position.step, logs, self._kept())

    def _kept(self) -> str:
        path = self.tools.run.last
        if self.saved is not None:
            return f"The last good checkpoint, after {self.saved}, is kept in {path}."
        return (
            f"The last good checkpoint is kept in {path}."
            if path.exists()
            else "No checkpoint had been written yet."
        )

    def _show(self, terms: Mapping[str, float]) -> None:
        tools, position = self.tools, self.position
        if not tools.progress.live and self._first:
            return
        tools.progress.step(
            epoch=position.epoch + 1,
            epochs=tools.settings.epochs,
            step=position.step,
            steps=tools.steps,
            rate=tools.clock.rate,
            left=tools.clock.left(
                position.step,
                tools.settings.epochs - position.epoch - 1,
                tools.evaluations.seconds_left(position.epoch),
            ),
            terms=terms,
        )
