"""The spectra of small windows of images, in steps of a quarter of a decibel."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from vaereg.basics.metrics.evidence.finite import finite
from vaereg.basics.metrics.spectra.hann_window import hann_window

WINDOWS = (8, 4)
"""The sides of the windows, in pixels. The frequencies of the larger ones are finer; the smaller
ones separate better what is detailed from what is plain."""

MOST = 20
"""The number of windows along a side at most; without a limit they would overlap by half."""

FAINT = (1.0 / 255.0) ** 2
"""The power of noise with a deviation of one grey level, which is hardly seen. It is added to
every power, so that differences far below it count little and no logarithm diverges."""

STEP = 0.25
"""The width of a level, in dB."""

LEVELS = 256
"""The number of levels: from that of no power to far above that of black and white stripes."""

BLOCK = 1 << 18
"""The number of powers to compute at once: 2 MiB, which caches hold."""


class WindowLevels(NamedTuple):
    """The power of every image at every frequency of its windows, as numbers of levels.

    Args:
        levels: for each side of the windows, uint8 (n, windows, frequencies): level k holds the
            powers from 10 log10(FAINT) + k STEP dB on. The frequencies of all channels follow
            each other.
        weights: for each side, (frequencies,) the share of each frequency among those of the whole
            plane and all channels; it sums to 1.
    """

    levels: tuple[np.ndarray, ...]
    weights: tuple[np.ndarray, ...]


def window_levels(images: np.ndarray, what: str) -> WindowLevels:
    """The levels of images (n, height, width, channels) whose sides are at least max(WINDOWS).

    Every channel has its own spectrum. The corner, the axes and the diagonals are among the
    frequencies; only the mean is left out.

    Args:
        images: the images, in [0, 1].
        what: names the images in errors.

    Raises:
        vaereg.DataError: for values that are not finite, or no images at all.
    """
    images = finite(np.asarray(images), what)
    channels = images.shape[3]
    levels, weights = [], []
    for side in WINDOWS:
        count = math.prod(len(_places(length, side)) for length in images.shape[1:3])
        of_channel = plane_weights(side)
        shape = (len(images), count, channels * len(of_channel))
        found = np.empty(shape, np.uint8)
        step = max(1, BLOCK // math.prod(shape[1:]))
        for start in range(0, len(images), step):
            power = window_power(images[start : start + step], side)
            found[start : start + step] = level_of(power).reshape(-1, *shape[1:])
        levels.append(found)
        weights.append(np.tile(of_channel, channels) / channels)
    return WindowLevels(tuple(levels), tuple(weights))


def level_of(power: np.ndarray) -> np.ndarray:
    """The level of each power, uint8."""
    level = np.log10(power / FAINT + 1.0)
    level *= 10.0 / STEP
    numbers: np.ndarray = np.minimum(level, LEVELS - 1, out=level).astype(np.uint8)
    return numbers


def window_power(images: np.ndarray, side: int) -> np.ndarray:
    """The power spectra of square windows, (n, windows, channels, frequencies) in float64.

    A Hann window reduces leakage from one frequency into others. The weighted mean of each window
    is subtracted first, so plain windows have no power. White noise of variance v has an expected
    power of v at the frequencies that are not next to the mean.

    Args:
        images: (n, height, width, channels).
        side: of the windows, in pixels.
    """
    down, across = (_places(length, side) for length in images.shape[1:3])
    views = np.lib.stride_tricks.sliding_window_view(images, (side, side), axis=(1, 2))
    chosen = views[:, down[:, None], across[None, :]]  # (n, down, across, channels, side, side)
    waves = _waves(side)
    parts = chosen.reshape(-1, side * side).astype(np.float64) @ waves
    np.square(parts, out=parts)
    count = waves.shape[1] // 2
    power: np.ndarray = parts[:, :count] + parts[:, count:]
    return power.reshape(len(images), len(down) * len(across), images.shape[3], count)


def plane_weights(side: int) -> np.ndarray:
    """The share of each frequency of `frequencies` in the whole plane; it sums to 1."""
    weights = np.array([1.0 if _is_own_mirror(each, side) else 2.0 for each in frequencies(side)])
    shares: np.ndarray = weights / weights.sum()
    return shares


def frequencies(side: int) -> list[tuple[int, int]]:
    """Half of the plane of frequencies (down, across), in waves per window, without the mean.

    Of a frequency and its mirror image, which has the same power, only one is listed.
    """
    every = [(i, j) for i in range(side) for j in range(side)]
    return [each for each in every if each != (0, 0) and each <= _mirrored(each, side)]


def _mirrored(frequency: tuple[int, int], side: int) -> tuple[int, int]:
    return -frequency[0] % side, -frequency[1] % side


def _is_own_mirror(frequency: tuple[int, int], side: int) -> bool:
    return frequency == _mirrored(frequency, side)


def _places(length: int, side: int) -> np.ndarray:
    """Where windows start: from end to end, evenly, overlapping by half if MOST allows it."""
    count = min(math.ceil((length - side) / (side // 2)) + 1, MOST)
    return np.rint(np.linspace(0, length - side, count)).astype(int)


def _waves(side: int) -> np.ndarray:
    """(side^2, 2 frequencies): windowed cosines, then sines, that are blind to the mean."""
    window = hann_window(side, side)
    place = np.arange(side) / side
    phases = [2.0 * np.pi * (i * place[:, None] + j * place[None, :]) for i, j in frequencies(side)]
    waves = [wave(phase) * window for wave in (np.cos, np.sin) for phase in phases]
    flat = np.stack(waves).reshape(len(waves), -1)
    mean = window.ravel() / window.sum()
    blind = flat - flat.sum(axis=1, keepdims=True) * mean
    waves_of_pixels: np.ndarray = blind.T / np.sqrt(np.sum(np.square(window)))
    return np.ascontiguousarray(waves_of_pixels)
