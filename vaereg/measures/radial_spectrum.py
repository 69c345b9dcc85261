"""The power of images by spatial frequency."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vaereg.measures.luma import luma

BLOCK = 1 << 22
"""The number of pixels to transform at once: 64 MiB of complex numbers."""


class RadialSpectrum(NamedTuple):
    """The power of each image by frequency.

    Args:
        frequencies: (K,) increasing, as shares of the Nyquist frequency, in (0, 1].
        power: (n, K) float64, the mean power in the ring about each frequency, in squared pixel
            values: white noise of variance v has an expected power of v at every frequency.
    """

    frequencies: np.ndarray
    power: np.ndarray


def radial_spectrum(images: np.ndarray) -> RadialSpectrum:
    """Averages the power spectrum of each image over rings of equal frequency.

    The mean of each image is subtracted first. A Hann window reduces the spectral leakage that the
    borders of a non-periodic image cause; it would otherwise hide how little high-frequency power a
    blurred image has. Ring k of K holds the frequencies that round to k / K; those above Nyquist,
    in the corners, are in no ring. Frequencies are relative to the Nyquist frequency of each axis,
    also if the image is not square. K is half the shorter side.

    Args:
        images: (n, height, width, channels); three channels are converted to luma, any other number
            is averaged.

    Raises:
        ValueError: for another rank, or a side below 2 pixels.

    Source: Durall et al. 2020, arXiv:2003.01826 (azimuthal integration); Harris 1978,
    "On the use of windows for harmonic analysis with the discrete Fourier transform" (window).
    """
    images = np.asarray(images)
    if images.ndim != 4 or min(images.shape[1:3]) < 2 or not images.shape[3]:
        raise ValueError(
            "images must have shape (n, height, width, channels) with sides of at least 2 pixels; "
            f"got {images.shape}"
        )
    n, height, width = images.shape[:3]
    rings = min(height, width) // 2
    order, starts, weight = _rings(height, width, rings)
    share = np.add.reduceat(weight[order], starts)[:rings]  # the number of frequencies in a ring
    window = np.multiply.outer(_hann(height), _hann(width))
    scale = weight[order] / np.sum(np.square(window))
    power = np.empty((n, rings))
    step = max(1, BLOCK // (height * width))
    for start in range(0, n, step):
        grey = luma(images[start : start + step])
        grey -= grey.mean(axis=(1, 2), keepdims=True)
        spectrum = np.fft.rfft2(grey * window).reshape(len(grey), -1)[:, order]
        squared = (np.square(spectrum.real) + np.square(spectrum.imag)) * scale
        power[start : start + step] = np.add.reduceat(squared, starts, axis=1)[:, :rings] / share
    return RadialSpectrum(np.arange(1, rings + 1) / rings, power)


def _hann(length: int) -> np.ndarray:
    """The Hann window, sampled at pixel centres.

    It is symmetric, so a mirrored image has the same power. Its own spectrum has only three
    frequencies, so a cosine with a whole number of periods leaks into the adjacent frequencies
    only.
    """
    return np.square(np.sin(np.pi * (np.arange(length) + 0.5) / length))


def _rings(height: int, width: int, rings: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Assigns the flattened frequencies of `rfft2` to rings.

    Returns:
        order: the frequencies sorted by ring, from ring 1 on; those beyond the last ring follow.
        starts: (rings + 1,) or (rings,) the position in `order` at which each ring begins.
        weight: the number of frequencies of the full transform that each stands for: 1, or 2 if
            the transform of real numbers leaves out the conjugate.
    """
    down = np.abs(np.fft.fftfreq(height))[:, None] * 2.0
    across = np.fft.rfftfreq(width)[None, :] * 2.0
    ring = np.floor(np.hypot(down, across) * rings + 0.5).astype(int)
    ring = np.minimum(ring, rings + 1).ravel()
    twice = (across > 0) & (across < 1.0)
    weight = np.broadcast_to(np.where(twice, 2.0, 1.0), (height, width // 2 + 1)).ravel()
    order = np.argsort(ring, kind="stable")
    order = order[np.searchsorted(ring[order], 1) :]  # ring 0 is the mean
    starts = np.flatnonzero(np.diff(ring[order], prepend=0))
    return order, starts, weight
