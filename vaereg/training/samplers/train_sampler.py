"""Trains a sampler that learns by steps on the latents of a trained VAE, as a VAE is trained."""

from __future__ import annotations

import contextlib
import math
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import attrs
import numpy as np

from vaereg.contracts.conditions import conditions_at
from vaereg.contracts.data import Data, DataSpec
from vaereg.contracts.slot import SamplerTraining
from vaereg.declaration.declaration import (
    Checkpointing,
    NamedChoice,
    Slot,
    TrainSettings,
)
from vaereg.errors import RunError
from vaereg.host.progress import Progress
from vaereg.model.samplers.learned_sampler import LearnedSampler
from vaereg.model.samplers.sampler_model import SamplerModel
from vaereg.runs.checkpoints import Checkpoint
from vaereg.runs.layout import RunFolder
from vaereg.runs.process_lock import holding
from vaereg.trained.samplers import SamplerToTrain
from vaereg.training.feeding import Feed
from vaereg.training.fit_all import fit_all
from vaereg.training.prepare_training import prepare_training
from vaereg.training.recorded import recorded
from vaereg.training.resumed_checkpoint import best_checkpoint
from vaereg.training.samplers.checkpoint_of_sampler import checkpoint_of_sampler
from vaereg.training.samplers.sampler_epochs import SamplerEpochs

RATE = 1e-3
"""The highest learning rate of the default optimizer."""

WARMUP = 0.05
"""The share of the steps within which the default optimizer reaches it."""


def train_sampler(
    task: SamplerToTrain,
    *,
    to_continue: str = "the same command continues the training of the sampler",
) -> None:
    """Trains a sampler, or continues its training, and leaves it with its best weights.

    The folder gets history.csv, log.jsonl, status.json and checkpoints, as a run does. A training
    that was interrupted continues to the bit, if it was made from the same weights and settings;
    otherwise it begins anew.

    Args:
        task: what is trained, on what, and where its files are kept.
        to_continue: how an interrupted training is continued, for the user.

    Raises:
        Interrupted: after Ctrl-C or SIGTERM, once a checkpoint is written.
        NotFiniteError: if its loss or a weight is not finite.
        RunError: if the folder cannot be written, or another process trains this sampler.
    """
    sampler, slot, seed, progress = task.sampler, task.slot, task.seed, task.progress
    if not sampler.learns:
        return
    declared = slot.train or SamplerTraining()
    with contextlib.redirect_stdout(sys.stderr), task.vae.averaged(), _kept(task.folder) as run:
        progress.stage("encoding the data")
        epochs = SamplerEpochs.of(task.vae, task.data, declared, seed, sampler.conditions)
        checkpoint = checkpoint_of_sampler(run, task.made_from, progress)
        if checkpoint is None:
            first = epochs.latents.split_of(epochs.chosen, 0, epochs.told)
            given = conditions_at(first, epochs.told, np.arange(len(first)))
            sampler.fit(first.values, seed, given, progress.stage)
        settings = _settings(declared, epochs, seed)
        model = SamplerModel(sampler, settings)
        _say_what(sampler, slot, epochs, checkpoint, progress)
        own = attrs.evolve(task.declaration, train=settings)
        with recorded(run, settings.epochs, progress, (run.checkpoints,), to_continue) as log:
            prepared = prepare_training(
                model,
                _latents_as_data(epochs),
                own,
                run,
                progress=progress,
                log=log,
                checkpoint=checkpoint,
                evaluator=None,
                feed=_feed(epochs),
                to_continue=to_continue,
            )
            with prepared.interruption.listening():
                fit_all(model, settings, prepared)
            if epoch := prepared.best.best_epoch:
                digest = prepared.checkpoints.best_digest
                model.restore(best_checkpoint(run, epoch, digest, instead=to_continue).arrays)
            model.keep_averages()
            log.add("finished", epochs=settings.epochs, best_epoch=prepared.best.best_epoch)
        progress.say(_outcome(prepared.best.term, prepared.best.best, prepared.best.best_epoch))


def default_optimizer(steps: int) -> NamedChoice:
    """AdamW without decay, whose rate rises linearly and then falls to 0 as a cosine.

    Args:
        steps: how many steps are made.
    """
    warmup = max(1, round(WARMUP * steps))
    rate = NamedChoice(
        use="cosine_decay",
        params={
            "initial_learning_rate": 0.0,
            "warmup_target": RATE,
            "warmup_steps": warmup,
            "decay_steps": max(1, steps - warmup),
        },
    )
    return NamedChoice(
        use="adamw",
        params={
            "learning_rate": rate,
            "weight_decay": 0.0,
            "beta_2": 0.95,
            "global_clipnorm": 1.0,
        },
    )


def _settings(declared: SamplerTraining, epochs: SamplerEpochs, seed: int) -> TrainSettings:
    steps = epochs.epochs * epochs.steps_per_epoch
    return TrainSettings(
        epochs=epochs.epochs,
        batch_size=epochs.batch_size,
        seed=seed,
        optimizer=declared.optimizer or default_optimizer(steps),
        ema=declared.ema,
        checkpoint=Checkpointing(),
        samples_every=0,
    )


def _feed(epochs: SamplerEpochs) -> Feed:
    return Feed(
        epochs.of_epoch(0),
        epochs.held_out,
        batch_size=epochs.batch_size,
        seed=epochs.seed,
        conditions=epochs.told,
        of_epoch=epochs.of_epoch,
    )


def _latents_as_data(epochs: SamplerEpochs) -> Data:
    latents = epochs.of_epoch(0)
    spec = DataSpec(
        form="vector", shape=latents.values.shape[1:], value_range=None, size=len(latents)
    )
    return Data(spec=spec, train=latents)


@contextlib.contextmanager
def _kept(folder: Path | None) -> Iterator[RunFolder]:
    """The folder of a sampler's training, which no other process uses."""
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="vaereg-") as temporary:
            yield RunFolder(Path(temporary))
        return
    run = RunFolder(folder)
    try:
        run.path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"cannot create the folder {run}: {error.strerror}") from error
    with holding(run):
        yield run


def _say_what(
    sampler: LearnedSampler,
    slot: Slot,
    epochs: SamplerEpochs,
    checkpoint: Checkpoint | None,
    progress: Progress,
) -> None:
    size = sum(math.prod(variable.shape) for variable in sampler.layer.trainable_variables)
    doing = "training" if checkpoint is None else f"continuing after {checkpoint.position}:"
    progress.say(
        f"{doing} the sampler {slot.offer.name!r} ({size:,} weights) on {len(epochs.chosen):,} "
        f"encoded examples, {epochs.epochs * epochs.steps_per_epoch:,} steps"
    )
    progress.spent.clear()


def _outcome(term: str, value: float | None, epoch: int) -> str:
    if value is None:
        return "the sampler is trained"
    return f"the sampler is trained: best {term} {value:.5g} in epoch {epoch}"
