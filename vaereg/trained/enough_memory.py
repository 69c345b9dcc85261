"""Refuses more samples than fit in memory."""

from __future__ import annotations

import math
from collections.abc import Sequence

from vaereg.contracts.data import DataSpec
from vaereg.errors import UsageError
from vaereg.host.memory import size


def check_memory(n: int, spec: DataSpec, latent_shape: Sequence[int], free: float | None) -> None:
    """Raises UsageError if n samples do not fit in memory, which can end the process.

    Args:
        n: how many.
        spec: of the data.
        latent_shape: of one latent.
        free: how much memory is free, in bytes; None if that is not known.
    """
    # Decoded batches are kept until all are there, and then concatenated.
    values = 2 * spec.dimensions + 2 * math.prod(latent_shape)
    needed = 4 * n * values
    if free is not None and needed > free:
        raise UsageError(
            f"{n} samples of shape {spec.shape} need {size(needed)} of memory, and "
            f"{size(free)} are free; draw fewer at a time, with several seeds"
        )
