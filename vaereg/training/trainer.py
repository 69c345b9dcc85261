"""VAE + data -> run folder: the epochs, from wherever the last checkpoint left off."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import attrs

from vaereg.contracts.data import Data
from vaereg.declaration.declaration import Adaptive, Checkpointing, Declaration, EarlyStopping
from vaereg.errors import Interrupted, VaeregError
from vaereg.host.memory import peak_device_memory, peak_memory
from vaereg.host.progress import Progress
from vaereg.model.batch_source import Source
from vaereg.pictures.image_grid import write_grid
from vaereg.runs.atomic import remove_leftovers
from vaereg.runs.checkpoints import Checkpoint, Position, check_shape
from vaereg.runs.history import History, read_history
from vaereg.runs.layout import RunFolder
from vaereg.runs.log import Log
from vaereg.runs.status import Status, write_status
from vaereg.training.callback_list import StepCallbacks
from vaereg.training.clock import Clock
from vaereg.training.data_checks import check_values
from vaereg.training.escaped_tensor import escaped_tensor, is_escaped_tensor
from vaereg.training.evaluations import Evaluations, Evaluator
from vaereg.training.feeding import Feed
from vaereg.training.finish import SHOWN, can_be_drawn, finish
from vaereg.training.fit_epoch import fit_epoch
from vaereg.training.interruption import Interruption
from vaereg.training.monitor import Monitor, monitor_of
from vaereg.training.out_of_memory import is_out_of_memory, out_of_memory
from vaereg.training.pieces import pieces
from vaereg.training.recorder import Recorder, Tools


@attrs.frozen(kw_only=True)
class Outcome:
    """What became of a training.

    Args:
        run: its folder.
        model: the declared model.
        epochs: how many are done.
        stopped_early: whether early stopping ended it.
        terms: the terms of the last epoch.
        best: the best value of the monitored term, the term and its epoch; empty if none.
        seconds: how long it took, all processes together.
        images_per_second: of this process; 0 if it trained no step.
        peak_memory: the most bytes that this process held while it trained, and under "device" what
            its accelerator did; what is not known is left out.
        files: what was written at the end -> where.
    """

    run: RunFolder
    model: str
    epochs: int
    stopped_early: bool
    terms: dict[str, float]
    best: dict[str, Any]
    seconds: float
    images_per_second: float
    peak_memory: dict[str, int]
    files: dict[str, str]


def train(
    vae: Any,
    data: Data,
    declaration: Declaration,
    run: RunFolder,
    *,
    progress: Progress | None = None,
    checkpoint: Checkpoint | None = None,
    evaluator: Evaluator | None = None,
) -> Outcome:
    """Trains until the declared epochs are done or early stopping says so, and finishes the run.

    Args:
        vae: as built from `declaration` for `data`; its weights are overwritten if it is continued.
        data: the data.
        declaration: what is trained.
        run: the folder that everything is written into, held by `vaereg.runs.active.training`.
        progress: tells the user; None for nothing.
        checkpoint: where to go on; None for the beginning.
        evaluate: evaluates the model while it is trained, where the declaration asks for that.

    Raises:
        ValueError: if the declaration asks for evaluation and there is no evaluator.
        Interrupted: after Ctrl-C or SIGTERM, once a checkpoint is written.
        NotFiniteError: if the loss or a weight is not finite.
        RunError: if the run cannot be written.
    """
    if declaration.train.evaluate is not None and evaluator is None:
        raise ValueError("the declaration has [train.evaluate], and no evaluator was handed in")
    progress = progress or Progress(quiet=True)
    with _recorded(declaration, run, progress) as log:
        return _Training(
            vae, data, declaration, run, progress, log, checkpoint, evaluator
        ).run_all()


@contextlib.contextmanager
def _recorded(declaration: Declaration, run: RunFolder, progress: Progress) -> Iterator[Log]:
    """Writes into status and log how the training ends."""
    for folder in (run.path, run.checkpoints, run.samples):
        folder.mkdir(exist_ok=True)
        remove_leftovers(folder)
    log = Log(run.log)
    try:
        yield log
    except BaseException as error:
        state = "interrupted" if isinstance(error, Interrupted | KeyboardInterrupt) else "failed"
        reason = f"{type(error).__name__}: {error}"
        epochs = len(_rows(run))
        with contextlib.suppress(OSError, VaeregError):  # the first error is the one to tell
            log.add(state, reason=reason)
            write_status(
                run,
                Status(state=state, epochs=epochs, of=declaration.train.epochs, reason=reason),
            )
        if isinstance(error, KeyboardInterrupt):
            raise Interrupted(f"stopped.\nresume with: vaereg resume {run}") from None
        raise
    finally:
        progress.end_stage()


def _rows(run: RunFolder) -> list[dict[str, str]]:
    with contextlib.suppress(VaeregError):
        return read_history(run.history)
    return []


class _Training:
    def __init__(
        self,
        vae: Any,
        data: Data,
        declaration: Declaration,
        run: RunFolder,
        progress: Progress,
        log: Log,
        checkpoint: Checkpoint | None,
        evaluator: Evaluator | None,
    ) -> None:
        self.vae = vae
        self.data = data
        self.declaration = declaration
        self.settings = declaration.train
        self.run = run
        self.progress = progress
        self.log = log
        self.feed = self._feed()
        self.evaluations = Evaluations(evaluator, self.settings.epochs, log, progress)
        self.names = (*self._logged_names(), *self.evaluations.columns)
        self.interruption = Interruption()
        self.position = checkpoint.position if checkpoint is not None else Position()
        shape = {
            "steps_per_epoch": self.feed.steps,
            "batch_size": self.settings.batch_size,
            "examples": len(data.train),
            "seed": self.settings.seed,
        }
        before = 0.0
        if checkpoint is not None:
            check_shape(run, checkpoint.shape, shape)
            vae.restore(checkpoint.arrays)
            before = checkpoint.seconds
        self.tools = Tools(
            run=run,
            settings=self.settings,
            steps=self.feed.steps,
            shape=shape,
            history=History(run.history, self.names),
            log=log,
            progress=progress,
            clock=Clock(self.feed.steps, self.settings.batch_size, before),
            interruption=self.interruption,
            best=self._monitor(self.settings.checkpoint, "train.checkpoint"),
            stopping=self._stopping_monitor(),
            evaluations=self.evaluations,
            draw=self._draw,
        )
        self.tools.history.continue_after(self.position.epoch)
        if checkpoint is not None:
            for name, monitor in self.tools.monitors().items():
                monitor.restore(checkpoint.monitors.get(name, {}))
        self.recorder = Recorder(vae, self.tools, self.position)
        if checkpoint is not None:
            self.recorder.saved = self.position

    def run_all(self) -> Outcome:
        """The epochs that are missing, and the end."""
        epochs, position = self.settings.epochs, self.position
        self.log.add("start" if position == Position() else "resume", **attrs.asdict(position))
        write_status(self.run, Status(state="running", epochs=position.epoch, of=epochs))
        if not self.tools.has_waited_enough():
            with self.interruption.listening():
                self._fit_all(position, epochs)
        told = {"host": peak_memory(), "device": peak_device_memory()}
        self.peak_memory = {name: count for name, count in told.items() if count is not None}
        files = finish(self.vae, self.data, self.declaration, self.run, self.progress)
        return self._outcome(files)

    def _fit_all(self, position: Position, epochs: int) -> None:
        source = self.feed.source()
        self.vae.take_many_steps(source)
        callbacks = StepCallbacks(
            [self.recorder, *self._tensorboard()], model=self.vae, epochs=epochs
        )
        try:
            callbacks.begin()
            for epoch in range(position.epoch, epochs):
                first = position.step if epoch == position.epoch else 0
                if first:
                    self.vae.keep_metrics_once()
                self._fit(epoch, first, source, callbacks)
                if self.vae.stop_training:
                    break
            callbacks.end()
        finally:
            self.vae.take_many_steps(None)

    def _fit(self, epoch: int, first: int, source: Source, callbacks: StepCallbacks) -> None:
        """Trains an epoch from its step `first` on, both counted from 0."""
        clock = self.tools.clock
        self.recorder.pieces = pieces(
            first,
            self.feed.steps,
            longest=self.feed.longest(source),
            step_seconds=clock.step_seconds,
            every=self.settings.checkpoint.every_steps or 0,
            before=epoch * self.feed.steps,
        )
        try:
            fit_epoch(
                self.vae,
                self.feed,
                source,
                callbacks,
                epoch=epoch,
                first=first,
                lengths=self.recorder.pieces,
                validate_every=self.settings.validate_every,
            )
        except VaeregError:
            raise
        except Exception as error:
            if self.feed.fault is not None:
                raise self.feed.fault from error
            if is_escaped_tensor(error):
                raise escaped_tensor(error) from error
            if is_out_of_memory(error):
                raise out_of_memory(self.settings.batch_size) from error
            raise

    def _feed(self) -> Feed:
        part = self.declaration.likelihood
        support = getattr(self.vae.parts.likelihood, "support", None)
        return Feed(
            self.data.train,
            self.data.validation,
            batch_size=self.settings.batch_size,
            seed=self.settings.seed,
            check=lambda values, positions: check_values(
                values, positions, "an", support, part.offer.name
            ),
        )

    def _logged_names(self) -> tuple[str, ...]:
        """The columns of the history: training terms, then those of validation."""
        terms = self.vae.term_names
        if not self.feed.validates:
            return terms
        found_in_training = {
            f"{part.key}_weight"
            for part in self.declaration.discriminators
            if isinstance(part.weight, Adaptive)
        }
        return (*terms, *(f"val_{name}" for name in terms if name not in found_in_training))

    def _stopping_monitor(self) -> Monitor | None:
        wish = self.settings.early_stopping
        return None if wish is None else self._monitor(wish, "train.early_stopping")

    def _monitor(self, wish: EarlyStopping | Checkpointing, path: str) -> Monitor:
        return monitor_of(
            wish,
            self.names,
            self.evaluations.columns,
            path=path,
            source=self.declaration.source,
            validated=self.feed.validates,
        )

    def _draw(self, epoch: int) -> None:
        """A grid of samples that differ from epoch to epoch by the weights alone."""
        if can_be_drawn(self.data):
            images = self.vae.sample(SHOWN, self.settings.seed)
            path = self.run.samples / f"epoch-{epoch:04d}.png"
            write_grid(images, path, value_range=self.data.spec.value_range)

    def _tensorboard(self) -> list[Any]:
        if not self.settings.tensorboard:
            return []
        import keras

        return [keras.callbacks.TensorBoard(str(self.run.tensorboard), write_graph=False)]

    def _outcome(self, files: dict[str, str]) -> Outcome:
        rows = self.tools.history.rows
        last = {k: float(v) for k, v in rows[-1].items() if v and k not in ("epoch", "step")}
        best = self.tools.best
        early = self.tools.has_waited_enough() and len(rows) < self.settings.epochs
        outcome = Outcome(
            run=self.run,
            model=self.declaration.model,
            epochs=len(rows),
            stopped_early=early,
            terms=last,
            best={"term": best.term, "value": best.best, "epoch": best.best_epoch}
            if best.best is not None
            else {},
            seconds=self.tools.clock.seconds,
            images_per_second=self.tools.clock.mean_rate,
            peak_memory=self.peak_memory,
            files=files,
        )
        reason = "stopped early" if early else ""
        self.log.add(
            "finished",
            epochs=len(rows),
            seconds=round(outcome.seconds, 3),
            peak_memory=outcome.peak_memory,
        )
        write_status(
            self.run,
            Status(state="finished", epochs=len(rows), of=self.settings.epochs, reason=reason),
        )
        return outcome
