"""Statistics of the values of an image, wherever they are."""

from __future__ import annotations

import numpy as np

from vaereg.basics.feature_extractors.textures.pooled import (
    FAINT,
    LEVEL,
    active_share,
    log_energy,
    row_means,
)

LEVELS = 256
"""Grey levels of 8 bits."""

HIGH = 8
"""The power whose mean is nearly a maximum."""


def brightness_statistics(plane: np.ndarray) -> dict[str, np.ndarray]:
    """Mean, contrast and skewness, and what is darkest and lightest in a plane in [0, 1]."""
    mean = row_means(plane)
    apart = plane - mean[:, None, None]
    squares = apart * apart
    deviation = np.sqrt(row_means(squares) + np.float32(LEVEL**2))
    white = np.float32(1) - plane
    return {
        "mean": mean,
        "contrast": np.log(deviation),
        "skewness": row_means(squares * apart) / deviation**3,
        "not black": active_share(_squares(plane), FAINT),
        "not white": active_share(_squares(white), FAINT),
        "darkest": row_means(white**HIGH) ** np.float32(1 / HIGH),
        "lightest": row_means(plane**HIGH) ** np.float32(1 / HIGH),
    }


def colour_statistics(plane: np.ndarray, brightness: np.ndarray) -> dict[str, np.ndarray]:
    """Mean and strength of an opponent colour, and its mean in shadows and in lights."""
    found = {"mean": row_means(plane), "chroma": log_energy(_squares(plane))}
    white = np.float32(1) - brightness
    for name, weights in (("shadows", white**HIGH), ("lights", brightness**HIGH)):
        weights = weights + np.float32(1e-3)  # images without any have the mean of all
        found[name] = row_means(plane * weights) / row_means(weights)
    return found


def level_statistics(images: np.ndarray) -> dict[str, np.ndarray]:
    """How many grey levels the channels use besides black and white, and how unevenly.

    Posterized images use few, and images whose contrast was raised skip some.

    Args:
        images: (n, height, width, channels) in [0, 1].
    """
    n, channels = len(images), images.shape[-1]
    levels = np.round(images * np.float32(LEVELS - 1)).astype(np.int64)
    levels = np.clip(levels, 0, LEVELS - 1).reshape(n, -1, channels)
    levels += LEVELS * np.arange(n * channels).reshape(n, 1, channels)
    counts = np.bincount(levels.ravel(), minlength=LEVELS * n * channels)
    inner = counts.reshape(n, channels, LEVELS)[..., 1:-1].astype(np.float32)
    used = np.log1p((inner > 0).sum(axis=2))
    uneven = np.abs(np.diff(inner, axis=2)).sum(axis=2) / (inner.sum(axis=2) + 1)
    return {
        "levels": used.mean(axis=1).astype(np.float32),
        "uneven levels": uneven.mean(axis=1).astype(np.float32),
    }


def _squares(plane: np.ndarray) -> np.ndarray:
    squares: np.ndarray = np.square(plane).reshape(len(plane), -1)
    return squares
