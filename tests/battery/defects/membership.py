"""Defects of a set of images, each of which may be faultless."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.ndimage import gaussian_filter

from tests.battery.defects.images import LEVELS, Images, some


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


def easy_examples(images: Images, missing: float, rng: np.random.Generator) -> np.ndarray:
    """Of each kind, the share `missing` of images that differ most from their mean is missing."""
    every = np.concatenate([images.base, images.spare])
    kinds = np.concatenate([images.base_kinds, images.spare_kinds])
    kept = []
    for kind in np.unique(kinds):
        own = np.flatnonzero(kinds == kind)
        apart = np.square(every[own] - every[own].mean(axis=0)).mean(axis=(1, 2, 3))
        kept.append(own[apart.argsort()[: max(1, round((1 - missing) * len(own)))]])
    order = rng.permutation(np.concatenate(kept))
    return every[order[np.arange(len(images.base)) % len(order)]]


def imbalance(images: Images, times: float, rng: np.random.Generator) -> np.ndarray:
    """Images of the first half of the kinds are so many times as frequent as of the others."""
    every = np.concatenate([images.base, images.spare])
    kinds = np.concatenate([images.base_kinds, images.spare_kinds])
    weights = np.where(kinds < (kinds.max() + 1) / 2, times, 1.0)
    drawn = rng.choice(len(every), len(images.base), replace=False, p=weights / weights.sum())
    return every[drawn]


def twins(images: Images, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of the images are other samples again, with faint noise."""
    made, order = images.base.copy(), rng.permutation(len(images.base))
    count = round(share * len(order))
    again, first = order[:count], order[count:]
    noise = rng.normal(size=made[again].shape).astype(np.float32) * np.float32(2 / LEVELS)
    made[again] = images.base[first[np.arange(count) % len(first)]] + noise
    return made


def dark_copies(images: Images, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of the images are training images, darker by a tenth."""
    return _altered(images, share, rng, lambda copied: np.float32(0.9) * copied)


def soft_copies(images: Images, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of the images are training images, blurred by a Gaussian of half a pixel."""
    return _altered(images, share, rng, lambda copied: gaussian_filter(copied, (0, 0.5, 0.5, 0)))


def mirrored_copies(images: Images, share: float, rng: np.random.Generator) -> np.ndarray:
    """A share of the images are training images, left and right exchanged."""
    return _altered(images, share, rng, lambda copied: copied[:, :, ::-1])


def _altered(
    images: Images,
    share: float,
    rng: np.random.Generator,
    alter: Callable[[np.ndarray], np.ndarray],
) -> np.ndarray:
    made, chosen = images.base.copy(), some(rng, len(images.base), share)
    made[chosen] = alter(images.train[rng.permutation(len(images.train))[: len(chosen)]])
    return made
