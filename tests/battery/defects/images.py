"""The images that a defect is laid on, and the others that some defects need."""

from __future__ import annotations

import attrs
import numpy as np

LEVELS = 255.0
"""The largest 8-bit value: a grey level is 1 / LEVELS."""


@attrs.frozen(kw_only=True, eq=False)
class Images:
    """Images in [0, 1], all (n, height, width, channels) float32, and their kinds.

    Args:
        base: the images that a defect is laid on.
        base_kinds: (n,) int, the class of each, or the cluster where there are no classes.
        spare: other images of the same source, which replace images of the base.
        spare_kinds: their kinds.
        train: training images, for copies.
        foreign: images that belong to no kind.
    """

    base: np.ndarray
    base_kinds: np.ndarray
    spare: np.ndarray
    spare_kinds: np.ndarray
    train: np.ndarray
    foreign: np.ndarray


def quantized(images: np.ndarray) -> np.ndarray:
    """The images, clipped to [0, 1] and rounded to 8 bits."""
    levels: np.ndarray = np.rint(np.clip(images, 0.0, 1.0) * LEVELS).astype(np.float32)
    return levels / np.float32(LEVELS)


def some(rng: np.random.Generator, count: int, share: float) -> np.ndarray:
    """The positions of a share of `count` images, at least one."""
    return rng.permutation(count)[: max(1, round(share * count))]


def others(rng: np.random.Generator, count: int) -> np.ndarray:
    """For each of `count` images the position of another one."""
    return (np.arange(count) + rng.integers(1, count, count)) % count
