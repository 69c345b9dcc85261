"""How many steps are made between two looks at a training."""

from __future__ import annotations

SECONDS = 0.25
"""How long a piece may take: so late does Ctrl-C reach a training, and a NaN become known."""

AT_FIRST = 8
"""The most steps of a piece while it is not known how long a step takes."""


def pieces(
    first: int,
    steps: int,
    *,
    longest: int,
    step_seconds: float = 0.0,
    every: int = 0,
    before: int = 0,
) -> list[int]:
    """The lengths of the pieces that an epoch is trained in; their sum is steps - first.

    Args:
        first: the step of the epoch to begin with, counted from 0.
        steps: of the epoch.
        longest: the most steps of a piece.
        step_seconds: how long a step takes; 0 if it is not known: pieces then grow from one step
            alone, which is the one that is compiled.
        every: pieces end where the number of all steps is a multiple of it; 0 for nowhere.
        before: the steps of the epochs before this one.
    """
    limit = int(SECONDS / step_seconds) if step_seconds else AT_FIRST
    limit = max(1, min(limit, longest))
    lengths: list[int] = []
    size = limit if step_seconds else 1
    at = first
    while at < steps:
        length = min(size, steps - at)
        if every:
            length = min(length, every - (before + at) % every)
        lengths.append(length)
        at += length
        size = min(2 * size if len(lengths) > 1 else size, limit)
    return lengths
