"""VAE + data -> run folder: trains the remaining epochs and finishes the run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs

from vaereg.contracts.data import Data
from vaereg.declaration.declaration import Declaration, TrainSettings
from vaereg.errors import Interrupted, NotFiniteError, RunError, VaeregError
from vaereg.host.memory import peak_device_memory, peak_memory
from vaereg.host.progress import Progress
from vaereg.model.batch_source import BatchSource
from vaereg.runs.atomic import remove_leftovers
from vaereg.runs.checkpoints import Checkpoint, Position, epochs_saved
from vaereg.runs.layout import RunFolder
from vaereg.runs.log import Log
from vaereg.runs.status import Status, write_status
from vaereg.trained.samplers import asked_in_sampling
from vaereg.training.callbacks.callback_list import TrainingCallbacks
from vaereg.training.epoch import Epoch, chunk_lengths
from vaereg.training.evaluator import Evaluator
from vaereg.training.feeding import Feed
from vaereg.training.finish import finish
from vaereg.training.outcome import Best, TrainingOutcome
from vaereg.training.prepare_training import PreparedTraining, prepare_training
from vaereg.training.step_faults import explained
from vaereg.wording import without_styles

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
) -> TrainingOutcome:
    """Trains until the declared epochs are done or early stopping ends it, and finishes the run.

    Args:
        vae: built from `declaration` for `data`; with a checkpoint, its weights are overwritten.
        data: the data to train on.
        declaration: gives the training settings.
        run: the folder that everything is written to; this process holds its process lock.
        progress: informs the user; None for silence.
        checkpoint: the checkpoint to continue from; None for a new training.
        evaluator: evaluates the model during training.

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
        prepared = prepare_training(
            vae,
            data,
            declaration,
            run,
            progress=progress,
            log=log,
            checkpoint=checkpoint,
            evaluator=evaluator,
        )
        epochs, position = declaration.train.epochs, prepared.position
        log.add("start" if position == Position() else "resume", **attrs.asdict(position))
        write_status(run, Status(state="running", epochs=position.epoch, of=epochs))
        if not prepared.is_patience_exhausted:
            with prepared.interruption.listening():
                _fit_all(vae, declaration.train, prepared)
        measured = {"host": peak_memory(), "device": peak_device_memory()}
        peak = {name: count for name, count in measured.items() if count is not None}
        files = finish(
            vae,
            data,
            declaration,
            run,
            progress,
            best_epoch=prepared.best.best_epoch,
            best_digest=prepared.checkpoints.best_digest,
        )
        outcome = _outcome(declaration, run, prepared, peak, files)
        log.add(
            "finished",
            epochs=outcome.epochs,
            seconds=round(outcome.seconds, 3),
            peak_memory=outcome.peak_memory,
        )
        reason = "stopped early" if outcome.stopped_early else ""
        write_status(run, Status(state="finished", epochs=outcome.epochs, of=epochs, reason=reason))
        return outcome


def fit_epoch(
    vae: VAE,
    feed: Feed,
    source: BatchSource,
    callbacks: TrainingCallbacks,
    epoch: Epoch,
    *,
    validate_every: int = 1,
) -> None:
    """Trains an epoch, or what is left of it, and validates if there is validation data.

    Args:
        vae: takes its batches from `source`, as `vae.set_batch_source(source)` declared.
        feed: its data.
        source: as the feed returned it.
        callbacks: called for each chunk.
        epoch: which steps, in which chunks.
        validate_every: validate only after every N epochs.
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
    """Makes the folders and the log of a run; if the training fails, records why."""
    for folder in (run.path, run.checkpoints, run.samples):
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise RunError(
                f"cannot create the folder {folder}: {error.strerror}.\nMove away what is in its "
                "place, or fix the permissions."
            ) from error
        remove_leftovers(folder)
    log = Log(run.log)
    try:
        yield log
    except BaseException as error:
        state = "interrupted" if isinstance(error, Interrupted | KeyboardInterrupt) else "failed"
        reason = without_styles(f"{type(error).__name__}: {error}")
        with contextlib.suppress(OSError, VaeregError):  # the first error is the one to report
            log.add(state, reason=reason)
            epochs, declared = epochs_saved(run), declaration.train.epochs
            write_status(run, Status(state=state, epochs=epochs, of=declared, reason=reason))
        if isinstance(error, KeyboardInterrupt):
            raise Interrupted(f"stopped.\nresume with: vaereg resume {run}") from None
        raise
    finally:
        progress.end_stage()


def _fit_all(vae: VAE, settings: TrainSettings, prepared: PreparedTraining) -> None:
    """Trains the remaining epochs, with one `fit` each."""
    position = prepared.position
    source = prepared.feed.source()
    callbacks = TrainingCallbacks(prepared.callbacks, model=vae, epochs=settings.epochs)
    vae.set_batch_source(source)
    try:
        callbacks.begin()
        for epoch_index in range(position.epoch, settings.epochs):
            first_step = position.step if epoch_index == position.epoch else 0
            epoch = _epoch(epoch_index, first_step, settings, prepared, source)
            with _explained(prepared, settings.batch_size):
                fit_epoch(
                    vae,
                    prepared.feed,
                    source,
                    callbacks,
                    epoch,
                    validate_every=settings.validate_every,
                )
            if vae.stop_training:
                break
        callbacks.end()
    finally:
        vae.set_batch_source(None)


def _epoch(
    epoch_index: int,
    first_step: int,
    settings: TrainSettings,
    prepared: PreparedTraining,
    source: BatchSource,
) -> Epoch:
    """An epoch, in chunks as long as the duration of the steps so far allows."""
    feed = prepared.feed
    chunks = chunk_lengths(
        first_step,
        feed.steps_per_epoch,
        max_steps_per_call=feed.max_steps_per_call(source),
        step_seconds=prepared.clock.step_seconds,
        checkpoint_every=settings.checkpoint.every_steps,
        steps_before=epoch_index * feed.steps_per_epoch,
    )
    return Epoch(index=epoch_index, chunks=chunks, first_step=first_step)


@contextlib.contextmanager
def _explained(prepared: PreparedTraining, batch_size: int) -> Iterator[None]:
    """Turns an exception raised within into an error that says what to do and what is kept."""
    try:
        yield
    except NotFiniteError as error:
        raise NotFiniteError(f"{error}\n{prepared.checkpoints.kept}") from None
    except VaeregError:
        raise
    except Exception as error:
        known = prepared.feed.fault or explained(error, batch_size)
        if known is None:
            raise
        raise known from error


def _outcome(
    declaration: Declaration,
    run: RunFolder,
    prepared: PreparedTraining,
    peak_memory: dict[str, int],
    files: dict[str, str],
) -> TrainingOutcome:
    rows, best = prepared.history.rows, prepared.best
    return TrainingOutcome(
        run=run,
        model=declaration.model,
        epochs=len(rows),
        stopped_early=prepared.is_patience_exhausted and len(rows) < declaration.train.epochs,
        terms={k: float(v) for k, v in rows[-1].items() if v and k not in ("epoch", "step")},
        best=Best(term=best.term, value=best.best, epoch=best.best_epoch)
        if best.best is not None
        else Best(),
        seconds=prepared.clock.seconds,
        images_per_second=prepared.clock.mean_rate,
        peak_memory=peak_memory,
        files=files,
        told=tuple(sorted(asked_in_sampling(declaration, declaration.sampler))),
    )
