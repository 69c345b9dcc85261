"""Defects of tone: posterization, contrast and colour cast."""

from __future__ import annotations

import numpy as np

from tests.battery.defects.images import LEVELS, Images

CAST = np.array([1.0, 0.2, -1.0], np.float32)
"""How a cast shifts red, green and blue: towards orange."""


def posterization(images: Images, levels: float, rng: np.random.Generator) -> np.ndarray:
    """Only so many values are left of each channel."""
    del rng
    return np.rint(images.base * (levels - 1)) / np.float32(levels - 1)


def contrast(images: Images, share: float, rng: np.random.Generator) -> np.ndarray:
    """The distance of each value from mid-grey falls by a share."""
    del rng
    return 0.5 + (images.base - 0.5) * np.float32(1 - share)


def colour_cast(images: Images, levels: float, rng: np.random.Generator) -> np.ndarray:
    """Colours shift by `levels` grey levels towards orange; grey images become brighter."""
    del rng
    coloured = images.base.shape[-1] == len(CAST)
    shift = CAST if coloured else np.ones(1, np.float32)
    return images.base + shift * np.float32(levels / LEVELS)
