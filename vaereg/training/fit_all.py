"""Fits a prepared model epoch by epoch: the VAE of a run, or a sampler."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from vaereg.declaration.declaration import TrainSettings
from vaereg.errors import NotFiniteError, VaeregError
from vaereg.model.batch_source import BatchSource
from vaereg.model.engine.engine import Engine
from vaereg.training.callbacks.callback_list import TrainingCallbacks
from vaereg.training.epoch import Epoch, chunk_lengths
from vaereg.training.feeding import Feed
from vaereg.training.prepare_training import PreparedTraining
from vaereg.training.step_faults import explained


def fit_all(vae: Engine, settings: TrainSettings, prepared: PreparedTraining) -> None:
    """Trains the remaining epochs, with one `fit` each.

    Args:
        vae: the model, or that of a sampler.
        settings: how it is trained.
        prepared: as `prepare_training` returned it.
    """
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


def fit_epoch(
    vae: Engine,
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
