"""VAE + data -> run folder: trains the remaining epochs and finishes the run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import attrs

from vaereg.contracts.data import Data
from vaereg.declaration.declaration import Declaration
from vaereg.host.memory import peak_device_memory, peak_memory
from vaereg.host.progress import Progress
from vaereg.runs.checkpoints import Checkpoint, Position
from vaereg.runs.layout import RunFolder
from vaereg.runs.status import Status, write_status
from vaereg.trained.samplers import asked_in_sampling
from vaereg.training.callbacks.stop_on_signal import resume_with
from vaereg.training.evaluator import Evaluator
from vaereg.training.finish import finish
from vaereg.training.fit_all import fit_all
from vaereg.training.outcome import Best, TrainingOutcome
from vaereg.training.prepare_training import PreparedTraining, prepare_training
from vaereg.training.recorded import recorded
from vaereg.training.samplers.train_sampler import train_sampler

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
    folders = (run.path, run.checkpoints, run.samples)
    with recorded(run, declaration.train.epochs, progress, folders, resume_with(run)) as log:
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
                fit_all(vae, declaration.train, prepared)
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
            train_sampler=partial(train_sampler, to_continue=resume_with(run)),
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
