"""Restores a training from its checkpoint, and puts its callbacks in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import keras

from vaereg.assembly.blame import blamed_for_reading
from vaereg.contracts.conditions import shown_conditions
from vaereg.contracts.data import Data
from vaereg.contracts.metric import ScoreInfo
from vaereg.declaration.declaration import Checkpointing, Declaration, EarlyStopping
from vaereg.host.progress import Progress
from vaereg.model.engine.engine import Engine
from vaereg.model.vae import VAE
from vaereg.runs.checkpoints import Checkpoint, Position, check_data_order
from vaereg.runs.history import History
from vaereg.runs.layout import RunFolder
from vaereg.runs.log import Log
from vaereg.training.callbacks.checkpoint_writer import CheckpointWriter
from vaereg.training.callbacks.early_stopper import EarlyStopper
from vaereg.training.callbacks.epoch_evaluation import EpochEvaluation
from vaereg.training.callbacks.epoch_log import EpochLog
from vaereg.training.callbacks.first_samples import FirstSamples
from vaereg.training.callbacks.first_step_report import FirstStepReport
from vaereg.training.callbacks.history_writer import HistoryWriter
from vaereg.training.callbacks.not_finite_guard import NotFiniteGuard
from vaereg.training.callbacks.progress_display import ProgressDisplay
from vaereg.training.callbacks.sample_grids import SampleGrids
from vaereg.training.callbacks.step_timer import StepTimer
from vaereg.training.callbacks.stop_on_signal import StopOnSignal
from vaereg.training.clock import Clock
from vaereg.training.data_checks import check_values
from vaereg.training.evaluator import Evaluator
from vaereg.training.feeding import Feed
from vaereg.training.finish import SHOWN, has_pictures
from vaereg.training.interruption import Interruption
from vaereg.training.monitor import Monitor, monitor_of


@attrs.frozen(kw_only=True, eq=False)
class PreparedTraining:
    """A training that is ready to run.

    Args:
        feed: the data.
        history: the history, which ends where the training begins.
        clock: times the steps.
        interruption: notes signals while the training runs.
        best: knows the best epoch.
        stopper: ends the training early; None without early stopping.
        checkpoints: writes the checkpoints.
        callbacks: all callbacks, in order.
        position: where the training begins.
    """

    feed: Feed
    history: History
    clock: Clock
    interruption: Interruption
    best: Monitor
    stopper: EarlyStopper | None
    checkpoints: CheckpointWriter
    callbacks: list[keras.callbacks.Callback]
    position: Position

    @property
    def is_patience_exhausted(self) -> bool:
        """Whether early stopping ends the training here."""
        return self.stopper is not None and self.stopper.is_patience_exhausted


def prepare_training(
    vae: Engine,
    data: Data,
    declaration: Declaration,
    run: RunFolder,
    *,
    progress: Progress,
    log: Log,
    checkpoint: Checkpoint | None,
    evaluator: Evaluator | None,
    feed: Feed | None = None,
    to_continue: str = "",
) -> PreparedTraining:
    """Restores model, monitors and history from the checkpoint, and makes the callbacks.

    The weights of `vae` are overwritten, and later epochs are removed from history.csv.

    Args:
        vae, data, declaration, run, progress, checkpoint, evaluator: as for `trainer.train`. Only a
            VAE is evaluated and drawn from.
        log: the log of the run.
        feed: the batches; by default, the examples of the data.
        to_continue: how an interrupted training is continued; empty for `vaereg resume`.

    Raises:
        RunError: if the checkpoint does not fit the model or the data.
        DeclarationError: if a monitored term is not logged.
    """
    settings = declaration.train
    shown = vae if isinstance(vae, VAE) else None
    if feed is None:
        assert shown is not None, "only a VAE is trained on the data itself"
        feed = _feed(shown, data, declaration)
    scores = evaluator.columns if evaluator is not None else {}
    names = (*_logged_terms(vae, feed), *scores)

    monitors = _monitors(declaration, names, scores, validated=feed.validates)
    best = monitors["best"]
    stopper = None
    if settings.early_stopping is not None:
        stopper = EarlyStopper(monitors["early_stopping"], settings.early_stopping.patience)
    position = Position()
    if checkpoint is not None:
        check_data_order(run, checkpoint.data_order, feed.data_order)
        vae.restore(checkpoint.arrays, as_declared=True)
        for name, each in monitors.items():
            if given_up := each.restore(checkpoint.monitors.get(name, {})):
                progress.say(_restarted(name, given_up, each.term))
        position = checkpoint.position
    history = History(run.history, names)
    history.continue_after(position.epoch)

    epochs, steps = settings.epochs, feed.steps_per_epoch
    clock = Clock(steps, settings.batch_size, checkpoint.seconds if checkpoint is not None else 0.0)
    interruption = Interruption()
    guard = NotFiniteGuard(names, steps, clock)
    evaluation = None
    if evaluator is not None and shown is not None:
        evaluation = EpochEvaluation(
            evaluator,
            shown,
            epochs=epochs,
            stopper=stopper,
            clock=clock,
            log=log,
            progress=progress,
        )
    grids = first_samples = None
    if settings.samples_every and has_pictures(data) and shown is not None:
        grids = SampleGrids(
            shown,
            run.samples,
            every=settings.samples_every,
            count=SHOWN,
            seed=settings.seed,
            value_range=data.spec.value_range,
            given=shown_conditions(data.train, vae.parts.conditions, SHOWN, settings.seed),
        )
        first_samples = FirstSamples(
            shown,
            data,
            declaration,
            run.samples / "first.png",
            count=SHOWN,
            clock=clock,
            progress=progress,
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
        best_digest=checkpoint.best if checkpoint is not None else "",
    )
    display = ProgressDisplay(
        progress,
        epochs=epochs,
        steps_per_epoch=steps,
        guard=guard,
        clock=clock,
        best=best,
        evaluation=evaluation,
        may_stop_early=stopper is not None,
    )
    # The order of the callbacks. Time is taken first, and nothing that is not finite gets past the
    # guard. Scores are terms too, so they are measured before other callbacks use the terms of an
    # epoch. Files that can be made again (history, sample grids) are written before the
    # checkpoint: if the process is killed in between, the epoch is trained again and the same
    # files are written. An epoch is reported as done only once a checkpoint holds it, and only
    # then does a signal end the training.
    in_order = (
        StepTimer(clock),
        guard,
        FirstStepReport(vae, guard, log, progress),
        evaluation,
        stopper,
        HistoryWriter(history, steps),
        grids,
        first_samples,
        checkpoints,
        EpochLog(run, log, clock, epochs),
        display,
        keras.callbacks.TensorBoard(str(run.tensorboard), write_graph=False)
        if settings.tensorboard
        else None,
        StopOnSignal(interruption, checkpoints, run, to_continue),
    )
    return PreparedTraining(
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


def _restarted(name: str, given_up: str, term: str) -> str:
    what = "the best epoch" if name == "best" else "early stopping"
    then = (
        "it is chosen among the epochs that follow" if name == "best" else "it counts from 0 again"
    )
    return f"{what} goes by {term} from here on, and no longer by {given_up}; {then}"


def _feed(vae: VAE, data: Data, declaration: Declaration) -> Feed:
    support = getattr(vae.parts.likelihood, "support", None)
    likelihood = declaration.likelihood.offer.name
    return Feed(
        data.train,
        data.validation,
        batch_size=declaration.train.batch_size,
        seed=declaration.train.seed,
        conditions=vae.parts.conditions,
        check=lambda values, positions: check_values(values, positions, None, support, likelihood),
        blamed=lambda error: blamed_for_reading(declaration.data_slot, error),
    )


def _logged_terms(vae: Engine, feed: Feed) -> tuple[str, ...]:
    """The columns of the history: training terms, then validation terms."""
    if not feed.validates:
        return vae.term_names
    return (*vae.term_names, *(f"val_{name}" for name in vae.metrics_names))


def _monitors(
    declaration: Declaration,
    names: Sequence[str],
    scores: Mapping[str, ScoreInfo],
    *,
    validated: bool,
) -> dict[str, Monitor]:
    """The declared monitors, by the names under which checkpoints keep their states."""
    settings = declaration.train
    declared: dict[str, tuple[str, EarlyStopping | Checkpointing]] = {
        "best": ("train.checkpoint", settings.checkpoint)
    }
    if settings.early_stopping is not None:
        declared["early_stopping"] = ("train.early_stopping", settings.early_stopping)
    return {
        name: monitor_of(
            each, names, scores, path=path, source=declaration.source, validated=validated
        )
        for name, (path, each) in declared.items()
    }
