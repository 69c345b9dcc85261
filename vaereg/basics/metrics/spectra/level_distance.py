"""How far the spectra of windows of two sets of images are apart."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vaereg.basics.metrics.spectra.window_levels import LEVELS, STEP, WindowLevels

SURPLUS = 2.0
"""How much a decibel too much costs, relative to one too little. What is painted over blurred
images (noise, a grid) fills the lack of power where images are detailed and adds power where they
are plain; at equal costs, this would often pay. On real images with blur of up to one pixel, costs
above 1.7 suffice; larger ones would make the distance between two draws of varied real images
uncertain."""

BLOCK = 1 << 18
"""The number of levels to look up at once: 2 MiB, which caches hold."""


class LevelDistance(NamedTuple):
    """A distance with the influences of the examples.

    Args:
        value: the distance in dB.
        of_ours, of_real: (n,), (p,) the influences of the examples.
    """

    value: float
    of_ours: np.ndarray
    of_real: np.ndarray


def level_distance(ours: WindowLevels, real: WindowLevels) -> LevelDistance:
    """The mean distance of the distributions of power, over all frequencies.

    At each frequency, with F the distribution function of the levels of `ours` and H that of
    `real`, over all windows of all images,

        distance = integral of (F - H)+ + SURPLUS (H - F)+ in dB

    At SURPLUS = 1 this is the first Wasserstein distance: how many dB the levels of a window must
    move on average. F > H is a lack of power, F < H a surplus.
    """
    value = 0.0
    of_ours, of_real = np.zeros(len(ours.levels[0])), np.zeros(len(real.levels[0]))
    for mine, theirs, weights in zip(ours.levels, real.levels, ours.weights, strict=True):
        difference = _distribution(mine) - _distribution(theirs)
        cost = np.where(difference > 0, 1.0, -SURPLUS) * (difference != 0)
        slope = cost * weights[:, None] * STEP / len(ours.levels)
        value += float(np.sum(slope * difference))
        of_level = np.cumsum(slope[:, ::-1], axis=1)[:, ::-1]  # a level counts at all those above
        of_ours += _mean_over_windows(of_level, mine)
        of_real -= _mean_over_windows(of_level, theirs)
    return LevelDistance(value, of_ours, of_real)


def _distribution(levels: np.ndarray) -> np.ndarray:
    """(frequencies, LEVELS) the share of windows whose level is at most so high."""
    flat = levels.reshape(-1, levels.shape[2])
    offsets = LEVELS * np.arange(flat.shape[1])
    counts = np.zeros(flat.shape[1] * LEVELS, np.int64)
    step = max(1, BLOCK // flat.shape[1])
    for start in range(0, len(flat), step):
        places = flat[start : start + step] + offsets
        counts += np.bincount(places.ravel(), minlength=len(counts))
    return np.cumsum(counts.reshape(-1, LEVELS), axis=1) / len(flat)


def _mean_over_windows(of_level: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """(n,) for each image, the sum over frequencies of `of_level` (frequencies, LEVELS)."""
    flat, offsets = of_level.ravel(), LEVELS * np.arange(len(of_level))
    found = np.empty(len(levels))
    step = max(1, BLOCK // levels[0].size)
    for start in range(0, len(levels), step):
        looked_up = flat[levels[start : start + step] + offsets]
        found[start : start + step] = looked_up.sum(axis=(1, 2)) / levels.shape[1]
    return found
