"""Draws single examples, images or vectors, as small pictures."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

LEGIBLE = 56
"""The smallest side of a legible picture, in pixels."""


def image_cells(
    images: np.ndarray, value_range: tuple[float, float] | None, scale: int | None
) -> np.ndarray:
    """Images (n, h, w, c) as pictures, uint8 (n, h * scale, w * scale, 3); a pixel is a square.

    Three channels are a colour; of any other number, the mean is drawn in grey. Values outside the
    range are clipped. NaN is drawn as the smallest value.

    Args:
        images: the images.
        value_range: the values of black and white; None for the smallest and largest value.
        scale: how many pixels wide a pixel becomes; None to make it legible.
    """
    if images.shape[-1] != 3:
        images = images.mean(axis=-1, keepdims=True)
    height, width = images.shape[1:3]
    scale = scale or math.ceil(LEGIBLE / min(height, width))
    low, high = value_range or _bounds(images)
    shades = (np.nan_to_num(images, nan=low) - low) / (high - low)
    pixels = np.rint(np.clip(shades, 0, 1) * 255).astype(np.uint8)
    pixels = np.broadcast_to(pixels, (*pixels.shape[:-1], 3))
    return pixels.repeat(scale, axis=1).repeat(scale, axis=2)


def vector_cells(
    vectors: np.ndarray, value_range: tuple[float, float] | None, scale: int | None
) -> np.ndarray:
    """Vectors (n, d) as bar charts, uint8 (n, 64 * scale, d' * scale, 3) with d' >= 64.

    Args:
        vectors: the vectors.
        value_range: bottom and top of each chart; None for the smallest and largest value.
        scale: how many times larger than 64 pixels a chart is; None for 1.
    """
    low, high = value_range or _bounds(vectors)
    low, high = min(low, 0.0), max(high, 0.0)
    step = max(1, math.ceil(64 / vectors.shape[1]))
    height, width, scale = 64, step * vectors.shape[1], scale or 1
    zero = round((height - 1) * high / (high - low))
    cells = []
    for vector in np.clip(np.nan_to_num(vectors), low, high):
        cell = Image.new("RGB", (width, height), "white")
        draw = ImageDraw.Draw(cell)
        for at, value in enumerate(vector.tolist()):
            top = round((height - 1) * (high - value) / (high - low))
            left, right = at * step, max(at * step, (at + 1) * step - 2)
            draw.rectangle((left, min(top, zero), right, max(top, zero)), fill=(40, 80, 140))
        draw.line((0, zero, width, zero), fill=(160, 160, 160))
        cells.append(np.asarray(cell))
    return np.stack(cells).repeat(scale, axis=1).repeat(scale, axis=2)


def _bounds(values: np.ndarray) -> tuple[float, float]:
    """The smallest and the largest finite value, never equal."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    return (low, high) if low < high else (low - 0.5, low + 0.5)
