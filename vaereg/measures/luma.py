"""Luma: grey images of colour images."""

from __future__ import annotations

import numpy as np

WEIGHTS = (0.299, 0.587, 0.114)
"""Of red, green and blue."""


def luma(images: np.ndarray) -> np.ndarray:
    """Turns images (n, height, width, channels) grey: (n, height, width) in float64.

    Three channels are weighted as red, green and blue; any other number is averaged.

    Source: ITU-R BT.601.
    """
    values = images.astype(np.float64)
    coloured = values.shape[-1] == len(WEIGHTS)
    grey: np.ndarray = values @ np.asarray(WEIGHTS) if coloured else values.mean(axis=-1)
    return grey
