"""VAE + data -> run folder: trains the epochs that the last checkpoint left, and ends the run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs
import keras

from vaereg.contracts.data import Data
from vaereg.declaration.declaration import Adaptive, Checkpointing, Declaration, EarlyStopping
from vaereg.errors import Interrupted, NotFiniteError, VaeregError
from vaereg.host.memory import peak_device_memory, peak_memory
from vaereg.host.progress import Progress
from vaereg.model.batch_source import Source
from vaereg.runs.atomic import remove_leftovers
from vaereg.runs.checkpoints import Checkpoint, Position, check_data_order
from vaereg.runs.history import History, read_history
from vaereg.runs.layout import RunFolder
from vaereg.runs.log import Log
from vaereg.runs.status import Status, write_status
from vaereg.training.callbacks.callback_list import TrainingCallbacks
from vaereg.training.callbacks.checkpoint_writer import CheckpointWriter
from vaereg.training.callbacks.early_stopper import EarlyStopper
from vaereg.training.callbacks.epoch_evaluation import EpochEvaluation
from vaereg.training.callbacks.epoch_log import EpochLog
from vaereg.training.callbacks.first_step_report import FirstStepReport
from vaereg.training.callbacks.history_writer import HistoryWriter
from vaereg.training.callbacks.not_finite_guard import NotFiniteGuard
from vaereg.training.callbacks.progress_display import ProgressDisplay
from vaereg.training.callbacks.sample_grids import SampleGrids
from vaereg.training.callbacks.step_timer import StepTimer
from vaereg.training.callbacks.stop_on_signal import StopOnSignal
from vaereg.training.clock import Clock
from vaereg.training.data_checks import check_values
from vaereg.training.epoch import Epoch, chunk_lengths
from vaereg.training.evaluator import Evaluator
from vaereg.training.feeding import Feed
from vaereg.training.finish import SHOWN, can_be_drawn, finish
from vaereg.training.interruption import Interruption
from vaereg.training.monitor import Monitor, monitor_of
from vaereg.training.outcome import Outcome
from vaereg.training.step_faults import explained

if TYPE_CHECKING:
    from vaereg.model.vae import VAE


def train(
    vae: VAE,
    data: Data,
    declaration: Declaration,
    run: RunFolder,
    *,
    progress: Progress | None = None,
    checkpoint: Checkpoint | None = None,
    evaluator: Evaluator | None = None,
) -> Outcome:
    """Trains until the declared epochs are done or early stopping ends it, and finishes the run.

    Args:
        vae: built from `declaration` for `data`; with a checkpoint, its weights are overwritten.
        data: what it is trained on.
        declaration: how it is trained.
        run: the folder that everything is written into; this process holds its process lock.
        progress: informs the user; None for silence.
        checkpoint: where to continue; None to begin.
        evaluator: evaluates the model while it is trained.

    Raises:
        ValueError: if the declaration has [train.evaluate] and there is no evaluator.
        Interrupted: after Ctrl-C or SIGTERM, once a checkpoint is written.
        NotFiniteError: if the loss or a weight is not finite.
        RunError: if the run cannot be written.
    """
    if declaration.train.evaluate is not None and evaluator is None:
        raise ValueError("the declaration has [train.evaluate], but no evaluator was passed")
    progress = progress or Progress(quiet=True)
    with _recorded(declaration, run, progress) as log:
        training = _prepare(vae, data, declaration, run, progress, log, checkpoint, evaluator)
        return training.run_all()


def fit_epoch(
    vae: VAE,
    feed: Feed,
    source: Source,
    callbacks: TrainingCallbacks,
    epoch: Epoch,
    *,
    validate_every: int = 1,
) -> None:
    """Trains an epoch, or what is left of it, and validates if there is validation data.

    Args:
        vae: takes its batches from `source`, as `vae.take_many_steps(source)` declared.
        feed: its data.
        source: as the feed returned it.
        callbacks: are called for each chunk.
        epoch: which steps, in which chunks.
        validate_every: validate only after every so many epochs.
    """
    if epoch.first_step:
        vae.keep_metrics_once()
    vae.fit(
        feed.chunks(epoch, source),
        initial_epoch=epoch.index,
        epochs=epoch.index + 1,
        steps_per_epoch=len(epoch.chunks),
        validation_data=feed.validation(),
        validation_freq=validate_every,
        callbacks=callbacks.of_epoch(epoch),
        shuffle=False,
        verbose=0,
    )


@contextlib.contextmanager
def _recorded(declaration: Declaration, run: RunFolder, progress: Progress) -> Iterator[Log]:
    """Makes the folders and the log of a run; records in status and log why a training fails."""
    for folder in (run.path, run.checkpoints, run.samples):
        folder.mkdir(exist_ok=True)
        remove_leftovers(folder)
    log = Log(run.log)
    try:
        yield log
    except BaseException as error:
        state = "interrupted" if isinstance(error, Interrupted | KeyboardInterrupt) else "failed"
        reason = f"{type(error).__name__}: {error}"
        with contextlib.suppress(OSError, VaeregError):  # the first error is the one to report
            log.add(state, reason=reason)
            epochs, declared = _epochs_done(run), declaration.train.epochs
            write_status(run, Status(state=state, epochs=epochs, of=declared, reason=reason))
        if isinstance(error, KeyboardInterrupt):
            raise Interrupted(f"stopped.\nresume with: vaereg resume {run}") from None
        raise
    finally:
        progress.end_stage()


def _epochs_done(run: RunFolder) -> int:
    with contextlib.suppress(VaeregError):
        return len(read_history(run.history))
    return 0


def _prepare(
    vae: VAE,
    data: Data,
    declaration: Declaration,
    run: RunFolder,
    progress: Progress,
    log: Log,
    checkpoint: Checkpoint | None,
    evaluator: Evaluator | None,
) -> _Training:
    """Brings model, history and monitors to where the checkpoint was, and makes the callbacks.

    Raises:
        RunError: if the checkpoint does not fit the model or the data.
        DeclarationError: if a monitored term is not logged.
    """
    settings = declaration.train
    feed = _feed(vae, data, declaration)
    scores = evaluator.columns if evaluator is not None else {}
    names = (*_logged_terms(vae, declaration, feed), *scores)

    def monitor(wish: EarlyStopping | Checkpointing, path: str) -> Monitor:
        source, validated = declaration.source, feed.validates
        return monitor_of(wish, names, scores, path=path, source=source, validated=validated)

    best = monitor(settings.checkpoint, "train.checkpoint")
    monitors = {"best": best}
    stopper = None
    if settings.early_stopping is not None:
        monitors["early_stopping"] = monitor(settings.early_stopping, "train.early_stopping")
        stopper = EarlyStopper(monitors["early_stopping"], settings.early_stopping.patience)
    position = Position()
    if checkpoint is not None:
        check_data_order(run, checkpoint.data_order, feed.data_order)
        vae.restore(checkpoint.arrays)
        for name, each in monitors.items():
            each.restore(checkpoint.monitors.get(name, {}))
        position = checkpoint.position
    history = History(run.history, names)
    history.continue_after(position.epoch)

    epochs, steps = settings.epochs, feed.steps_per_epoch
    clock = Clock(steps, settings.batch_size, checkpoint.seconds if checkpoint is not None else 0.0)
    interruption = Interruption()
    guard = NotFiniteGuard(names, steps, clock)
    evaluation = None
    if evaluator is not None:
        evaluation = EpochEvaluation(
            evaluator, vae, epochs=epochs, stopper=stopper, clock=clock, log=log, progress=progress
        )
    grids = None
    if settings.samples_every and can_be_drawn(data):
        grids = SampleGrids(
            vae,
            run.samples,
            every=settings.samples_every,
            count=SHOWN,
            seed=settings.seed,
            value_range=data.spec.value_range,
        )
    checkpoints = CheckpointWriter(
        vae,
        run,
        schedule=settings.checkpoint,
        data_order=feed.data_order,
        best=best,
        monitors=monitors,
        guard=guard,
        clock=clock,
        interruption=interruption,
        saved=checkpoint.position if checkpoint is not None else None,
    )
    display = ProgressDisplay(
        progress,
        epochs=epochs,
        steps_per_epoch=steps,
        guard=guard,
        clock=clock,
        best=best,
        evaluation=evaluation,
    )
    # The order of the callbacks. Time is taken first, and nothing that is not finite gets past the
    # guard. Scores are terms too, so they come before whatever uses the terms of an epoch. What can
    # be made again (history, sample grids) is written before the checkpoint: a process that is
    # killed in between trains the epoch again and writes the same files. Only what is in a
    # checkpoint is then reported as done, and only then does a signal end the training.
    in_order = (
        StepTimer(clock),
        guard,
        FirstStepReport(vae, guard, log, progress),
        evaluation,
        stopper,
        HistoryWriter(history, steps),
        grids,
        checkpoints,
        EpochLog(run, log, clock, epochs),
        display,
        keras.callbacks.TensorBoard(str(run.tensorboard), write_graph=False)
        if settings.tensorboard
        else None,
        StopOnSignal(interruption, checkpoints, run),
    )
    return _Training(
        vae=vae,
        data=data,
        declaration=declaration,
        run=run,
        progress=progress,
        log=log,
        feed=feed,
        history=history,
        clock=clock,
        interruption=interruption,
        best=best,
        stopper=stopper,
        checkpoints=checkpoints,
        callbacks=[callback for callback in in_order if callback is not None],
        position=position,
    )


def _feed(vae: VAE, data: Data, declaration: Declaration) -> Feed:
    support = getattr(vae.parts.likelihood, "support", None)
    likelihood = declaration.likelihood.offer.name
    return Feed(
        data.train,
        data.validation,
        batch_size=declaration.train.batch_size,
        seed=declaration.train.seed,
        check=lambda values, positions: check_values(values, positions, None, support, likelihood),
    )


def _logged_terms(vae: VAE, declaration: Declaration, feed: Feed) -> tuple[str, ...]:
    """The columns of the history: training terms, then validation terms."""
    if not feed.validates:
        return vae.term_names
    only_in_training = {
        f"{slot.key}_weight"
        for slot in declaration.discriminators
        if isinstance(slot.weight, Adaptive)
    }
    validated = [f"val_{name}" for name in vae.term_names if name not in only_in_training]
    return (*vae.term_names, *validated)


@attrs.frozen(kw_only=True, eq=False)
class _Training:
    """A training that is ready to run; see `_prepare`."""

    vae: VAE
    data: Data
    declaration: Declaration
    run: RunFolder
    progress: Progress
    log: Log
    feed: Feed
    history: History
    clock: Clock
    interruption: Interruption
    best: Monitor
    stopper: EarlyStopper | None
    checkpoints: CheckpointWriter
    callbacks: list[keras.callbacks.Callback]
    position: Position

    def run_all(self) -> Outcome:
        """Trains the remaining epochs and finishes the run."""
        epochs, position = self.declaration.train.epochs, self.position
        self.log.add("start" if position == Position() else "resume", **attrs.asdict(position))
        write_status(self.run, Status(state="running", epochs=position.epoch, of=epochs))
        if not self._is_patience_exhausted():
            with self.interruption.listening():
                self._fit_all()
        measured = {"host": peak_memory(), "device": peak_device_memory()}
        peak = {name: count for name, count in measured.items() if count is not None}
        files = finish(self.vae, self.data, self.declaration, self.run, self.progress)
        outcome = self._outcome(peak, files)
        self._record_end(outcome)
        return outcome

    def _fit_all(self) -> None:
        epochs = self.declaration.train.epochs
        source = self.feed.source()
        self.vae.take_many_steps(source)
        callbacks = TrainingCallbacks(self.callbacks, model=self.vae, epochs=epochs)
        try:
            callbacks.begin()
            for index in range(self.position.epoch, epochs):
                first_step = self.position.step if index == self.position.epoch else 0
                self._fit(index, first_step, source, callbacks)
                if self.vae.stop_training:
                    break
            callbacks.end()
        finally:
            self.vae.take_many_steps(None)

    def _fit(
        self, index: int, first_step: int, source: Source, callbacks: TrainingCallbacks
    ) -> None:
        """Trains the epoch with this index from a step on, and explains what goes wrong."""
        settings, feed = self.declaration.train, self.feed
        chunks = chunk_lengths(
            first_step,
            feed.steps_per_epoch,
            max_steps_per_call=feed.max_steps_per_call(source),
            step_seconds=self.clock.step_seconds,
            checkpoint_every=settings.checkpoint.every_steps,
            steps_before=index * feed.steps_per_epoch,
        )
        epoch = Epoch(index=index, chunks=chunks, first_step=first_step)
        try:
            fit_epoch(
                self.vae, feed, source, callbacks, epoch, validate_every=settings.validate_every
            )
        except NotFiniteError as error:
            raise NotFiniteError(f"{error}\n{self.checkpoints.kept}") from None
        except VaeregError:
            raise
        except Exception as error:
            known = feed.fault or explained(error, settings.batch_size)
            if known is None:
                raise
            raise known from error

    def _is_patience_exhausted(self) -> bool:
        return self.stopper is not None and self.stopper.is_patience_exhausted

    def _outcome(self, peak_memory: dict[str, int], files: dict[str, str]) -> Outcome:
        rows, best = self.history.rows, self.best
        return Outcome(
            run=self.run,
            model=self.declaration.model,
            epochs=len(rows),
            stopped_early=self._is_patience_exhausted()
            and len(rows) < self.declaration.train.epochs,
            terms={k: float(v) for k, v in rows[-1].items() if v and k not in ("epoch", "step")},
            best={"term": best.term, "value": best.best, "epoch": best.best_epoch}
            if best.best is not None
            else {},
            seconds=self.clock.seconds,
            images_per_second=self.clock.mean_rate,
            peak_memory=peak_memory,
            files=files,
        )

    def _record_end(self, outcome: Outcome) -> None:
        seconds = round(outcome.seconds, 3)
        self.log.add(
            "finished", epochs=outcome.epochs, seconds=seconds, peak_memory=outcome.peak_memory
        )
        status = Status(
            state="finished",
            epochs=outcome.epochs,
            of=self.declaration.train.epochs,
            reason="stopped early" if outcome.stopped_early else "",
        )
        write_status(self.run, status)
