"""The window that reduces leakage from one frequency into others."""

from __future__ import annotations

import numpy as np


def hann_window(height: int, width: int) -> np.ndarray:
    """The product (height, width) of two Hann windows, sampled at pixel centres."""
    down, across = (
        np.square(np.sin(np.pi * (np.arange(length) + 0.5) / length)) for length in (height, width)
    )
    window: np.ndarray = np.multiply.outer(down, across)
    return window
