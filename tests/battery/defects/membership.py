"""Defects of a set of images, each of which may be faultless."""

from __future__ import annotations

import numpy as np

from tests.battery.defects.images import Images, some


def repeated(images: Images, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of the images is one and the same image."""
    made, chosen = images.base.copy(), some(rng, len(images.base), share)
    made[chosen] = images.base[chosen[0]]
    return made


def dropped(images: Images, count: float, rng: np.random.Generator) -> np.ndarray:
    """Images of the first `count` kinds are replaced by images of others."""
    made = images.base.copy()
    gone = images.base_kinds < count
    left = np.flatnonzero(images.spare_kinds >= count)
    made[gone] = images.spare[rng.permutation(left)[np.arange(gone.sum()) % len(left)]]
    return made


def foreign(images: Images, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of the images belongs to no kind of the data."""
    made, chosen = images.base.copy(), some(rng, len(images.base), share)
    made[chosen] = images.foreign[rng.permutation(len(images.foreign))[: len(chosen)]]
    return made


def copies(images: Images, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of the images are training images."""
    made, chosen = images.base.copy(), some(rng, len(images.base), share)
    made[chosen] = images.train[rng.permutation(len(images.train))[: len(chosen)]]
    return made
