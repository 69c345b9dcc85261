"""One epoch of many steps a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vaereg.model.batch_source import Source
from vaereg.training.callback_list import StepCallbacks
from vaereg.training.feeding import Feed


def fit_epoch(
    vae: Any,
    feed: Feed,
    source: Source,
    callbacks: StepCallbacks,
    *,
    epoch: int,
    lengths: Sequence[int],
    first: int = 0,
    validate_every: int = 1,
) -> None:
    """Trains an epoch, or what is left of it, and validates where there is validation data.

    Args:
        vae: to which `take_many_steps(source)` was said.
        feed: its data.
        source: as the feed gave it.
        callbacks: are called an item.
        epoch: counted from 0.
        lengths: how many steps each item holds.
        first: the step to begin with, counted from 0.
        validate_every: so many epochs.
    """
    vae.fit(
        feed.items(epoch, first, lengths, source),
        initial_epoch=epoch,
        epochs=epoch + 1,
        steps_per_epoch=len(lengths),
        validation_data=feed.validation(),
        validation_freq=validate_every,
        callbacks=callbacks,
        shuffle=False,
        verbose=0,
    )
