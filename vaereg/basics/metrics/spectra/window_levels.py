"""The spectra of small windows of images, in steps of a quarter of a decibel."""

from __future__ import annotations

import math
from collections.abc import Iterator
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

PLAIN = (8.0 / 255.0) ** 2
"""A window whose coarsest waves have at most this power is plain: that of noise with a deviation of
eight grey levels, so noise and faint patterns make no plain window look as if it had content."""

BLOCK = 1 << 18
"""The number of powers to compute at once: 2 MiB, which caches hold."""


class WindowLevels(NamedTuple):
    """The power of every image at every frequency of its windows, as numbers of levels.

    Args:
        levels: for each side of the windows, uint8 (channels, n, windows, frequencies): level k
            holds the powers from 10 log10(FAINT) + k STEP dB on.
        contents: for each side, uint8 (channels, n, windows): the power of the coarsest waves of
            the largest window that is nearest; level k holds those from 10 log10(PLAIN) + k STEP
            dB on, and level 0 also all below.
        weights: for each side, (frequencies,) the share of each frequency in the whole plane; it
            sums to 1.
    """

    levels: tuple[np.ndarray, ...]
    contents: tuple[np.ndarray, ...]
    weights: tuple[np.ndarray, ...]

    def at(self, rows: np.ndarray) -> WindowLevels:
        """Those of the images with these positions."""
        levels, contents = (
            tuple(each[:, rows] for each in of_sides) for of_sides in (self.levels, self.contents)
        )
        return WindowLevels(levels, contents, self.weights)


class Channel(NamedTuple):
    """The levels of one channel in windows of one side.

    Args:
        levels: (n, windows, frequencies).
        content: (n, windows).
        weights: (frequencies,) their shares among all frequencies of all channels and sides.
    """

    levels: np.ndarray
    content: np.ndarray
    weights: np.ndarray


def channels(whole: WindowLevels) -> Iterator[Channel]:
    """The levels by side and channel."""
    for levels, contents, weights in zip(*whole, strict=True):
        share = weights / (len(levels) * len(whole.levels))
        for of_channel, content in zip(levels, contents, strict=True):
            yield Channel(of_channel, content, share)


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
    n, height, width, depth = images.shape
    levels: list[np.ndarray] = []
    contents: list[np.ndarray] = []
    weights: list[np.ndarray] = []
    for side in WINDOWS:
        windows = math.prod(len(_places(length, side)) for length in (height, width))
        shares, waves, coarsest = plane_weights(side), _waves(side), _coarsest_waves(side)
        found = np.empty((depth, n, windows, len(shares)), np.uint8)
        coarse = np.empty((depth, n, windows), np.uint8)
        step = max(1, BLOCK // (depth * windows * len(shares)))
        for start in range(0, n, step):
            part = slice(start, min(start + step, n))
            rows = _windows(images[part], side)
            found[:, part] = level_of(_power(rows, waves)).reshape(found[:, part].shape)
            if side == WINDOWS[0]:
                power = _power(rows, coarsest).mean(axis=1)
                coarse[:, part] = content_of(power).reshape(coarse[:, part].shape)
        if side != WINDOWS[0]:
            coarse = contents[0][:, :, _nearest((height, width), side)]
        levels.append(found)
        contents.append(coarse)
        weights.append(shares)
    return WindowLevels(tuple(levels), tuple(contents), tuple(weights))


def level_of(power: np.ndarray) -> np.ndarray:
    """The level of each power, uint8."""
    level = np.log10(power / FAINT + 1.0)
    level *= 10.0 / STEP
    numbers: np.ndarray = np.minimum(level, LEVELS - 1, out=level).astype(np.uint8)
    return numbers


def content_of(power: np.ndarray) -> np.ndarray:
    """The level of the power of coarsest waves, uint8."""
    level = np.log10(np.maximum(power / PLAIN, 1.0)) * (10.0 / STEP)
    numbers: np.ndarray = np.minimum(level, LEVELS - 1).astype(np.uint8)
    return numbers


def window_power(images: np.ndarray, side: int) -> np.ndarray:
    """The power spectra of square windows, (channels, n, windows, frequencies) in float64.

    A Hann window reduces leakage from one frequency into others. The weighted mean of each window
    is subtracted first, so plain windows have no power. White noise of variance v has an expected
    power of v at the frequencies that are not next to the mean.

    Args:
        images: (n, height, width, channels).
        side: of the windows, in pixels.
    """
    power = _power(_windows(images, side), _waves(side))
    return power.reshape(images.shape[3], len(images), -1, power.shape[1])


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


def _coarsest_waves(side: int) -> np.ndarray:
    """(side^2, 8): cosines, then sines, of one wave per window along rows, columns and diagonals.

    Without a Hann window, they are blind to every pattern that repeats twice or more often.
    """
    place = 2.0 * np.pi * np.arange(side) / side
    phases = [i * place[:, None] + j * place for i, j in ((0, 1), (1, 0), (1, 1), (1, -1))]
    waves = [wave(phase).ravel() / side for wave in (np.cos, np.sin) for phase in phases]
    return np.stack(waves, axis=1)


def _windows(images: np.ndarray, side: int) -> np.ndarray:
    """(channels n windows, side^2) the values of square windows, in float64."""
    down, across = (_places(length, side) for length in images.shape[1:3])
    views = np.lib.stride_tricks.sliding_window_view(images, (side, side), axis=(1, 2))
    chosen = views[:, down[:, None], across[None, :]]  # (n, down, across, channels, side, side)
    by_channel = np.moveaxis(chosen, 3, 0)
    values: np.ndarray = by_channel.astype(np.float64, order="C").reshape(-1, side * side)
    return values


def _power(rows: np.ndarray, waves: np.ndarray) -> np.ndarray:
    """(rows, frequencies) the sums of squares of cosine and sine."""
    parts = rows @ waves
    np.square(parts, out=parts)
    count = waves.shape[1] // 2
    power: np.ndarray = parts[:, :count] + parts[:, count:]
    return power


def _nearest(lengths: tuple[int, int], side: int) -> np.ndarray:
    """For each window of this side, the position of the largest window that is nearest."""
    found = []
    for length in lengths:
        largest = _places(length, WINDOWS[0]) + WINDOWS[0] / 2
        middles = _places(length, side) + side / 2
        found.append(np.abs(middles[:, None] - largest).argmin(axis=1))
    across = len(_places(lengths[1], WINDOWS[0]))
    nearest: np.ndarray = (found[0][:, None] * across + found[1]).ravel()
    return nearest
