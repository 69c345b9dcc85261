"""One seed for several independent draws."""

from __future__ import annotations

import numbers

import keras
import numpy as np

import vaereg


def split_seed(seed: vaereg.Seed, count: int) -> tuple[vaereg.Seed, ...]:
    """Seeds for `count` draws that do not repeat each other's numbers.

    A SeedGenerator advances with every draw, so it is returned unchanged. An integer gives the same
    numbers each time, so other integers are derived from it.

    Raises:
        ValueError: if `seed` is neither.
    """
    if isinstance(seed, keras.random.SeedGenerator):
        return (seed,) * count
    if isinstance(seed, numbers.Integral) and not isinstance(seed, bool):
        words = np.random.SeedSequence(int(seed)).generate_state(count, np.uint32)
        return tuple(int(word) & 0x7FFFFFFF for word in words)
    raise ValueError(
        f"seed must be a keras.random.SeedGenerator or an integer; got {type(seed).__name__}"
    )
