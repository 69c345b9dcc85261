"""Pooling filter responses over an image, stabilized against rounding to 8 bits."""

from __future__ import annotations

import numpy as np

LEVEL = 1 / 255
"""One grey level."""

ROUNDING = LEVEL / 2
"""What rounding to 8 bits may add to a response; smaller responses count as none."""

FAINT = np.float32(3 * LEVEL)
"""Texture that the eye barely sees."""

STRONG = np.float32(24 * LEVEL)
"""The edge of a thing."""


def row_means(values: np.ndarray) -> np.ndarray:
    """The mean of each example (n,), the same to the bit with any number of examples."""
    flat = np.ascontiguousarray(values).reshape(len(values), -1)
    means: np.ndarray = flat.mean(axis=1, dtype=np.float32)
    return means


def log_energy(squares: np.ndarray) -> np.ndarray:
    """The logarithm of the root mean square (n,) of squares (n, positions)."""
    energy = squares.mean(axis=1, dtype=np.float32) + np.float32(ROUNDING**2)
    logs: np.ndarray = np.float32(0.5) * np.log(energy)
    return logs


def active_share(squares: np.ndarray, threshold: np.float32) -> np.ndarray:
    """The share (n,) of positions with responses above a threshold, counted softly.

    A response r counts r^2 / (r^2 + threshold^2). Strong edges count no more than faint texture,
    so texture in a flat background shows.
    """
    floor = np.float32(threshold * threshold)
    counted = squares + floor
    np.divide(squares, counted, out=counted)
    shares: np.ndarray = counted.mean(axis=1, dtype=np.float32)
    return shares
