"""One epoch of a training: where it begins, and how many steps each call makes."""

from __future__ import annotations

from itertools import accumulate

import attrs

CHUNK_SECONDS = 0.25
"""How long one call may take: Ctrl-C and a NaN are noticed between two calls."""

MAX_UNTIMED_STEPS = 8
"""The most steps per call while the duration of a step is not known yet."""


@attrs.frozen(kw_only=True)
class Epoch:
    """An epoch, or the rest of one that was interrupted.

    Args:
        index: which epoch, counted from 0.
        chunks: how many steps each call of the train function makes.
        first_step: the step to begin with, counted from 0.
    """

    index: int
    chunks: tuple[int, ...]
    first_step: int = 0

    @property
    def first_steps(self) -> tuple[int, ...]:
        """The first step of each chunk, counted from 0 within the epoch."""
        return tuple(accumulate(self.chunks[:-1], initial=self.first_step))


def chunk_lengths(
    first_step: int,
    steps_per_epoch: int,
    *,
    max_steps_per_call: int,
    step_seconds: float = 0.0,
    checkpoint_every: int = 0,
    steps_before: int = 0,
) -> tuple[int, ...]:
    """How many steps each call makes; the sum is steps_per_epoch - first_step.

    Args:
        first_step: the step of the epoch to begin with, counted from 0.
        steps_per_epoch: how many steps the epoch has.
        max_steps_per_call: the most steps of a chunk.
        step_seconds: how long a step takes; 0 if that is not known. The first chunk, during which
            the step is compiled, is then a single step, and the chunks after it grow.
        checkpoint_every: a chunk ends wherever the number of all steps is a multiple of this; 0
            for no such ends.
        steps_before: the number of steps in all earlier epochs.
    """
    limit = int(CHUNK_SECONDS / step_seconds) if step_seconds else MAX_UNTIMED_STEPS
    limit = max(1, min(limit, max_steps_per_call))
    lengths: list[int] = []
    size = limit if step_seconds else 1
    at = first_step
    while at < steps_per_epoch:
        length = min(size, steps_per_epoch - at)
        if checkpoint_every:
            length = min(length, checkpoint_every - (steps_before + at) % checkpoint_every)
        lengths.append(length)
        at += length
        size = min(2 * size if len(lengths) > 1 else size, limit)
    return tuple(lengths)
