"""Peaks that a pattern of period 2, 4 or 8 pixels leaves in the mean spectrum of images."""

from __future__ import annotations

import math
from typing import NamedTuple

import attrs
import numpy as np

from vaereg.basics.metrics.evidence.finite import finite
from vaereg.basics.metrics.spectra.hann_window import hann_window
from vaereg.basics.metrics.spectra.window_levels import FAINT

PERIODS = (2, 4, 8)
"""In pixels: the strides of decoders, and of transforms by blocks."""

APART = 2
"""The distance of neighbours from a peak, in waves per side: just outside what a Hann window
spreads a single wave over. In images of 28 pixels, a pattern of period 8 has its next peak after
3.5, so neighbours must not be farther."""

DECIBEL = 10.0 / math.log(10.0)

SPLITS, SEED, QUANTILE = 200, 0, 0.99

LEAST_LIMIT = 1.0
"""In dB. Smaller peaks are not called artifacts, however smooth the spectrum of real images is."""

LEAST_IMAGES = 20
"""With fewer real images, their halves say too little to set a limit."""

BLOCK = 1 << 21
"""The number of pixels to transform at once: 16 MiB."""


@attrs.frozen
class Wave:
    """A regular pattern, by its frequency.

    Args:
        period: in pixels.
        down, across: 1 if the pattern changes in this direction, -1 across in the other diagonal.
    """

    period: int
    down: int
    across: int

    @property
    def words(self) -> str:
        """How the pattern repeats, for readers."""
        if not self.across:
            return f"every {self.period} rows"
        if not self.down:
            return f"every {self.period} columns"
        if self.period == 2:
            return "every 2 pixels as on a checkerboard"
        return f"every {self.period} pixels in both directions"


WAVES = tuple(
    Wave(period, down, across)
    for period in PERIODS
    for down, across in ((1, 0), (0, 1), (1, 1), (1, -1))
    if not (period == 2 and across == -1)  # at period 2, both diagonals are the corner
)


class PeriodicPower(NamedTuple):
    """The power of each image at WAVES and beside them.

    Args:
        peaks: (n, channels, waves).
        beside: (n, channels, waves, neighbours); where a wave has fewer neighbours than others,
            its first is repeated.
    """

    peaks: np.ndarray
    beside: np.ndarray


class PeakScore(NamedTuple):
    """The largest peak that real images do not have.

    Args:
        value: in dB.
        wave: where it is.
        heights: (waves,) the largest of each of WAVES over the channels, in dB.
        of_ours, of_real: (n,), (p,) the influences of the examples.
    """

    value: float
    wave: Wave
    heights: np.ndarray
    of_ours: np.ndarray
    of_real: np.ndarray


def periodic_power(images: np.ndarray, what: str) -> PeriodicPower:
    """The power of images (n, height, width, channels) in [0, 1] at WAVES.

    The frequencies are exact, also where a side is no multiple of the period. The whole image is
    one Hann window, whose weighted mean is subtracted: white noise of variance v has an expected
    power of v far from the mean.

    Raises:
        vaereg.DataError: for values that are not finite, or no images at all.
    """
    images = finite(np.asarray(images), what)
    height, width = images.shape[1:3]
    window = hann_window(height, width)
    scale = np.sum(np.square(window))
    down, across, places = _frequencies(height, width)
    left = np.exp(-2j * np.pi * np.multiply.outer(down, np.arange(height)))
    right = np.exp(-2j * np.pi * np.multiply.outer(np.arange(width), across))
    found = []
    step = max(1, BLOCK // math.prod(images.shape[1:]))
    for start in range(0, len(images), step):
        values = np.moveaxis(images[start : start + step].astype(np.float64), 3, 1)
        mean = np.sum(values * window, axis=(2, 3), keepdims=True) / window.sum()
        waves = left @ ((values - mean) * window) @ right
        power = (np.square(waves.real) + np.square(waves.imag)) / scale
        found.append(power[:, :, places[..., 0], places[..., 1]])
    whole = np.concatenate(found)
    return PeriodicPower(whole[..., 0], whole[..., 1:])


def peak_score(ours: PeriodicPower, real: PeriodicPower) -> PeakScore:
    """How far the mean spectrum of `ours` has a peak, in dB, beyond one that `real` has there.

    A peak is the power at a frequency over the largest power beside it: smooth spectra have none,
    however steep they are. The score is the largest over all waves and channels; a peak of `real`
    is subtracted, since photographs stored as JPEG have some too.
    """
    mine, theirs = _mean(ours), _mean(real)
    heights, known = _heights(mine), _heights(theirs)
    score = heights - np.maximum(known, 0.0)  # (channels, waves)
    channel, wave = np.unravel_index(int(np.argmax(score)), score.shape)
    of_real = np.zeros(len(real.peaks))
    if known[channel, wave] > 0:
        of_real = -_influences(real, theirs, int(channel), int(wave))
    return PeakScore(
        value=float(score[channel, wave]),
        wave=WAVES[wave],
        heights=score.max(axis=0),
        of_ours=_influences(ours, mine, int(channel), int(wave)),
        of_real=of_real,
    )


def pattern_in_words(score: PeakScore, limit: float | None) -> str:
    """How the patterns beyond the limit repeat, as "every 4 rows and every 4 columns"."""
    if limit is None or score.value <= limit:
        return ""
    beyond = [wave for wave, height in zip(WAVES, score.heights, strict=True) if height > limit]
    words = list(dict.fromkeys(wave.words for wave in beyond))
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def peak_limit(real: PeriodicPower) -> float | None:
    """The 99 % quantile of the score between random halves of real images, at least LEAST_LIMIT.

    It does not depend on the order of the images. None for too few of them.
    """
    count = len(real.peaks)
    if count < LEAST_IMAGES:
        return None
    order = np.argsort(real.peaks.sum(axis=(1, 2)), kind="stable")
    flat = np.concatenate([real.peaks[..., None], real.beside], axis=3)[order]
    shape = flat.shape[1:]
    flat = flat.reshape(count, -1)
    draws = np.random.default_rng(SEED).random((SPLITS, count)).argsort(axis=1)
    chosen = np.zeros((SPLITS, count))
    np.put_along_axis(chosen, draws[:, : count // 2], 1.0, axis=1)
    sums = chosen @ flat
    halves = sums / (count // 2), (flat.sum(axis=0) - sums) / (count - count // 2)
    one, other = (_heights(_split(each.reshape(SPLITS, *shape))) for each in halves)
    scores = (one - np.maximum(other, 0.0)).max(axis=(1, 2))
    return max(float(np.quantile(scores, QUANTILE)), LEAST_LIMIT)


def _split(power: np.ndarray) -> PeriodicPower:
    return PeriodicPower(power[..., 0], power[..., 1:])


def _mean(power: PeriodicPower) -> PeriodicPower:
    return PeriodicPower(power.peaks.mean(axis=0), power.beside.mean(axis=0))


def _heights(mean: PeriodicPower) -> np.ndarray:
    """The height of each peak over the largest power beside it, in dB."""
    beside = mean.beside.max(axis=-1)
    heights: np.ndarray = DECIBEL * (np.log(mean.peaks + FAINT) - np.log(beside + FAINT))
    return heights


def _influences(power: PeriodicPower, mean: PeriodicPower, channel: int, wave: int) -> np.ndarray:
    """The influences (n,) of the images on the height of one peak."""
    largest = int(np.argmax(mean.beside[channel, wave]))
    top, below = power.peaks[:, channel, wave], power.beside[:, channel, wave, largest]
    by_peak = top / (mean.peaks[channel, wave] + FAINT)
    by_beside = below / (mean.beside[channel, wave, largest] + FAINT)
    return np.asarray(DECIBEL * (by_peak - by_beside))


def _frequencies(height: int, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where to measure.

    Returns:
        down, across: frequencies in waves per pixel.
        places: (waves, 1 + neighbours, 2) the positions in both of a peak and of its neighbours.
    """
    points = [_peak_and_neighbours(wave, height, width) for wave in WAVES]
    most = max(map(len, points))
    filled = np.array([each + [each[1]] * (most - len(each)) for each in points])
    down, i = np.unique(filled[..., 0], return_inverse=True)
    across, j = np.unique(filled[..., 1], return_inverse=True)
    shape = filled.shape[:2]
    return down, across, np.stack([i.reshape(shape), j.reshape(shape)], axis=-1)


def _peak_and_neighbours(wave: Wave, height: int, width: int) -> list[tuple[float, float]]:
    """The frequency of a wave, then those beside it.

    Images have more power on the axes of the plane than beside them, so the neighbours of a wave
    on an axis are on it too; those of others are all around.
    """
    down, across = wave.down / wave.period, wave.across / wave.period
    directions = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
    if not wave.down or not wave.across:
        directions = [(i, j) for i, j in directions if bool(i) <= bool(down)]
        directions = [(i, j) for i, j in directions if bool(j) <= bool(across)]
    beside = [
        (round(down + APART * i / height, 12), round(across + APART * j / width, 12))
        for i, j in directions
    ]
    return [(down, across), *beside]
