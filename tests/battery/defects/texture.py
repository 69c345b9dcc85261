"""Defects of fine structure: blur, regular patterns, noise, blocks and ringing."""

from __future__ import annotations

import numpy as np
from scipy.fft import dctn, idctn
from scipy.ndimage import gaussian_filter

from tests.battery.defects.images import LEVELS, Images

QUANTIZATION = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ],
    float,
)
"""The steps, in grey levels, of JPEG's table for luminance at quality 50 (ITU-T T.81, annex K)."""

BLOCK = len(QUANTIZATION)

RINGING_AT, RINGING_WIDTH = 0.5, 0.12
"""The frequency of the ripples and its spread, as shares of the Nyquist frequency."""


def blur(images: Images, sigma: float, rng: np.random.Generator) -> np.ndarray:
    """A Gaussian of `sigma` pixels."""
    del rng
    blurred: np.ndarray = gaussian_filter(images.base, (0, sigma, sigma, 0), mode="nearest")
    return blurred


def columns(images: Images, levels: float, rng: np.random.Generator) -> np.ndarray:
    """Columns, two pixels brighter and two darker by `levels` grey levels."""
    del rng
    _, x = _grid(images.base)
    return images.base + _signs(x % 4 < 2) * levels / LEVELS


def checkerboard(images: Images, levels: float, rng: np.random.Generator) -> np.ndarray:
    """Pixels brighter and darker in turn by `levels` grey levels, in both directions."""
    del rng
    y, x = _grid(images.base)
    return images.base + _signs((x + y) % 2 == 0) * levels / LEVELS


def dots(images: Images, levels: float, rng: np.random.Generator) -> np.ndarray:
    """A brighter pixel every four pixels, by `levels` grey levels, and a darker one between."""
    del rng
    y, x = _grid(images.base)
    bright = (x % 4 == 0) & (y % 4 == 0)
    dark = (x % 4 == 2) & (y % 4 == 2)
    pattern = (bright.astype(np.float32) - dark.astype(np.float32))[:, :, None]
    return images.base + pattern * levels / LEVELS


def noise(images: Images, levels: float, rng: np.random.Generator) -> np.ndarray:
    """Gaussian noise with a standard deviation of `levels` grey levels."""
    drawn = rng.normal(size=images.base.shape).astype(np.float32)
    return images.base + drawn * levels / LEVELS


def blocks(images: Images, times: float, rng: np.random.Generator) -> np.ndarray:
    """The cosine transform of blocks of 8 x 8 pixels, rounded as JPEG does with coarser steps."""
    del rng
    n, height, width, channels = images.base.shape
    below, right = -height % BLOCK, -width % BLOCK
    padded = np.pad(images.base, ((0, 0), (0, below), (0, right), (0, 0)), mode="edge") * LEVELS
    cut = padded.reshape(n, -1, BLOCK, padded.shape[2] // BLOCK, BLOCK, channels)
    steps = (QUANTIZATION * times)[:, None, :, None]
    coefficients = dctn(cut, axes=(2, 4), norm="ortho")
    rounded = np.rint(coefficients / steps) * steps
    restored = idctn(rounded, axes=(2, 4), norm="ortho").reshape(padded.shape) / LEVELS
    return np.asarray(restored[:, :height, :width], np.float32)


def ringing(images: Images, gain: float, rng: np.random.Generator) -> np.ndarray:
    """Ripples beside edges: one band of frequencies is amplified by 1 + `gain`."""
    del rng
    reach = min(images.base.shape[1:3]) // 2
    ends = ((0, 0), (reach, reach), (reach, reach), (0, 0))
    padded = np.pad(images.base, ends, mode="symmetric")
    spectrum = np.fft.rfft2(padded, axes=(1, 2))
    y = np.fft.fftfreq(padded.shape[1])[:, None] * 2
    x = np.fft.rfftfreq(padded.shape[2])[None] * 2
    band = np.exp(-0.5 * ((np.hypot(x, y) - RINGING_AT) / RINGING_WIDTH) ** 2)
    rippled = np.fft.irfft2(
        spectrum * (1 + gain * band)[None, :, :, None], s=padded.shape[1:3], axes=(1, 2)
    )
    return np.asarray(rippled[:, reach:-reach, reach:-reach], np.float32)


def _grid(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The row and the column of every pixel."""
    y, x = np.mgrid[: images.shape[1], : images.shape[2]]
    return y, x


def _signs(positive: np.ndarray) -> np.ndarray:
    """1 where positive and -1 elsewhere, with an axis for the channels."""
    return np.where(positive, 1.0, -1.0).astype(np.float32)[:, :, None]
