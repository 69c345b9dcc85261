"""The distance of the whole spectrum of images from that of real ones: windows, and patterns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vaereg.basics.metrics.spectra.level_distance import level_distance
from vaereg.basics.metrics.spectra.periodic_peaks import (
    PeakScore,
    PeriodicPower,
    peak_score,
    periodic_power,
)
from vaereg.basics.metrics.spectra.window_levels import WindowLevels, window_levels

PATTERN = 0.1
"""How much of its largest peak a regular pattern adds. Small windows do not separate neighbouring
frequencies, so sparse dots over detailed parts could pass for detail in them."""


class Spectra(NamedTuple):
    """The spectra of a set of images.

    Args:
        levels: the power in windows.
        periodic: the power at periods of few pixels.
    """

    levels: WindowLevels
    periodic: PeriodicPower

    def at(self, rows: np.ndarray) -> Spectra:
        """Those of the images with these positions."""
        periodic = PeriodicPower(self.periodic.peaks[rows], self.periodic.beside[rows])
        return Spectra(self.levels.at(rows), periodic)


class SpectrumDistance(NamedTuple):
    """A distance with the influences of the examples.

    Args:
        value: the distance in dB.
        of_ours, of_real: (n,), (p,) the influences of the examples.
        peak: the largest peak of a regular pattern.
    """

    value: float
    of_ours: np.ndarray
    of_real: np.ndarray
    peak: PeakScore


def spectra(images: np.ndarray, what: str) -> Spectra:
    """The spectra of images (n, height, width, channels) in [0, 1] with sides from 8 pixels on.

    Args:
        images: the images.
        what: names the images in errors.

    Raises:
        vaereg.DataError: for values that are not finite, or no images at all.
    """
    return Spectra(window_levels(images, what), periodic_power(images, what))


def spectrum_distance(ours: Spectra, real: Spectra) -> SpectrumDistance:
    """The distance of levels, plus PATTERN of a peak that real images do not have."""
    windows = level_distance(ours.levels, real.levels)
    peak = peak_score(ours.periodic, real.periodic)
    share = PATTERN if peak.value > 0 else 0.0
    return SpectrumDistance(
        value=windows.value + share * peak.value,
        of_ours=windows.of_ours + share * peak.of_ours,
        of_real=windows.of_real + share * peak.of_real,
        peak=peak,
    )
