"""How far the spectra of windows of two sets of images are apart, for windows of like content."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from vaereg.basics.metrics.spectra.window_levels import (
    LEVELS,
    STEP,
    Channel,
    WindowLevels,
    channels,
)

SURPLUS = 3.0
"""How much a decibel too much costs, relative to one too little. What is painted over blurred
images (noise, a grid) fills the lack of power where images are detailed and adds power where they
are plain; at equal costs, this would often pay."""

STRATA = 8
"""Into how many groups of equal size real windows are divided by their content, at most."""

DETAIL_TOLERANCE, CONTENT_TOLERANCE = 0.01, 0.2
"""Shares of windows. Distributions of two draws of a thousand real images differ by about as much;
a smaller difference costs only in proportion to its square, so that it adds little to the distance
and to its uncertainty. Contents vary more between draws, and whether they are those of real images
is the question of other scores; their tolerance only has to be below 1, so that images without any
content are far from real ones."""

BLOCK = 1 << 17
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


class _Strata(NamedTuple):
    """The windows of real images in one channel, divided by their content.

    Args:
        of_content: (LEVELS,) the stratum of each content.
        of_window: (n, windows) that of each window.
        shares: (strata,) the share of windows in each; none is 0.
        given: (strata, frequencies, LEVELS) the distribution function of levels in each.
    """

    of_content: np.ndarray
    of_window: np.ndarray
    shares: np.ndarray
    given: np.ndarray


def level_distance(ours: WindowLevels, real: WindowLevels) -> LevelDistance:
    """The mean distance of the distributions of power, over all frequencies.

    At each frequency, F is the distribution function of the levels of `ours`, over all windows of
    all images. Windows of real images are divided into STRATA by their content, the power of their
    coarsest waves; H is the distribution function of their levels, and H' the same if each stratum
    counts as often as it occurs in `ours`. With t the two tolerances,

        distance = integral of cost(F - H', t) + cost(H' - H, t') in dB
        cost(d, t) = |d| - t / 2, or d^2 / 2t if |d| < t; SURPLUS times as much for d < 0

    F - H' is what details lack (d > 0) or have too much (d < 0), given the contents; photographs
    differ far more in contents, and draws of them would otherwise hide such a defect. H' - H is
    what contents alone make of the levels. Without tolerances, equal costs and contents, this is
    the first Wasserstein distance: how many dB the levels must move on average.
    """
    found = [_channel_distance(*each) for each in zip(channels(ours), channels(real), strict=True)]
    values, of_ours, of_real = zip(*found, strict=True)
    return LevelDistance(float(sum(values)), np.sum(of_ours, axis=0), np.sum(of_real, axis=0))


def _strata(real: Channel) -> _Strata:
    shares = np.cumsum(np.bincount(real.content.ravel(), minlength=LEVELS)) / real.content.size
    lowest = np.unique(np.searchsorted(shares, np.arange(1, STRATA) / STRATA))
    lowest = lowest[lowest > real.content.min()]  # the lowest content of each but the first
    of_content = np.searchsorted(lowest, np.arange(LEVELS), side="right")
    count, of_window = len(lowest) + 1, of_content[real.content]
    return _Strata(
        of_content=of_content,
        of_window=of_window,
        shares=np.bincount(of_window.ravel(), minlength=count) / of_window.size,
        given=_distributions(real.levels, of_window, count),
    )


def _channel_distance(ours: Channel, real: Channel) -> LevelDistance:
    strata = _strata(real)
    my_strata = strata.of_content[ours.content]
    count = len(strata.shares)
    my_shares = np.bincount(my_strata.ravel(), minlength=count) / my_strata.size
    mine = _distributions(ours.levels)[0]
    like_ours, like_real = (
        np.tensordot(each, strata.given, 1) for each in (my_shares, strata.shares)
    )

    scale = ours.weights[:, None] * STEP
    value, expected, of_level = 0.0, [], []
    for difference, tolerance in (
        (mine - like_ours, DETAIL_TOLERANCE),
        (like_ours - like_real, CONTENT_TOLERANCE),
    ):
        costs, slopes = _cost(difference, tolerance)
        value += float(np.sum(scale * costs))
        slopes *= scale
        expected.append(strata.given.reshape(count, -1) @ slopes.ravel())  # (strata,)
        of_level.append(np.cumsum(slopes[:, ::-1], axis=1)[:, ::-1])  # counts at all those above

    moved = expected[1] - expected[0]
    ratio = my_shares / strata.shares
    table = np.multiply.outer(ratio, of_level[1] - of_level[0]) - of_level[1]
    expected_in = (ratio * moved)[strata.of_window].mean(axis=1)
    return LevelDistance(
        value,
        of_ours=_sums(of_level[0][None], ours.levels) + moved[my_strata].mean(axis=1),
        of_real=_sums(table, real.levels, strata.of_window) - expected_in,
    )


def _cost(difference: np.ndarray, tolerance: float) -> tuple[np.ndarray, np.ndarray]:
    """The cost of differences of distribution functions, and its slope."""
    size = np.abs(difference)
    within = np.minimum(size, tolerance)
    weight = np.where(difference < 0, SURPLUS, 1.0)
    cost = weight * (within * within / (2 * tolerance) + size - within)
    return cost, weight * np.copysign(within / tolerance, difference)


def _distributions(
    levels: np.ndarray, strata: np.ndarray | None = None, count: int = 1
) -> np.ndarray:
    """(strata, frequencies, LEVELS) the share of the windows of a stratum at most so high."""
    frequencies = levels.shape[2]
    counts = np.zeros(count * frequencies * LEVELS, np.int64)
    for places in _places(levels, strata, BLOCK * (1 if strata is None else 4)):
        counts += np.bincount(places.ravel(), minlength=len(counts))
    summed = np.cumsum(counts.reshape(count, frequencies, LEVELS), axis=2)
    shares: np.ndarray = summed / summed[:, :, -1:]
    return shares


def _sums(of_level: np.ndarray, levels: np.ndarray, strata: np.ndarray | None = None) -> np.ndarray:
    """(n,) for each image, the mean over its windows of sums over frequencies.

    Args:
        of_level: (strata, frequencies, LEVELS) what is summed.
        levels: (n, windows, frequencies).
        strata: (n, windows); None if there is only one.
    """
    flat = of_level.ravel()
    found = [flat[places].sum(axis=(1, 2)) for places in _places(levels, strata, BLOCK)]
    means: np.ndarray = np.concatenate(found) / levels.shape[1]
    return means


def _places(levels: np.ndarray, strata: np.ndarray | None, block: int) -> Iterator[np.ndarray]:
    """Where levels are in a table (strata, frequencies, LEVELS), a block of images at a time."""
    frequencies = levels.shape[2]
    step = max(1, block // levels[0].size)
    for start in range(0, len(levels), step):
        part = slice(start, start + step)
        places = levels[part] + LEVELS * np.arange(frequencies)
        if strata is not None:
            places += LEVELS * frequencies * strata[part, :, None]
        yield places
