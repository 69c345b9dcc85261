"""Images side by side in one PNG."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from PIL import Image

from vaereg.contracts.data import Data
from vaereg.runs.atomic import replacing

LEAST_SIDE = 28
"""Images smaller than this many pixels are enlarged by a whole factor."""

GAP = 2


def shows_images(data: Data) -> bool:
    """Whether examples can be drawn: images of one, three or four channels."""
    return data.spec.form == "image" and data.spec.channels in (1, 3, 4)


def write_grid(
    path: Path,
    images: np.ndarray,
    value_range: tuple[float, float] | None,
    columns: int = 0,
    *,
    frame: bool = True,
) -> None:
    """Writes images (n, height, width, channels) row by row.

    Args:
        path: the PNG.
        images: float; 1, 3 or 4 channels.
        value_range: the values of black and white; None for the least and largest there are.
        columns: how many side by side; 0 for a square.
        frame: whether to put lines around images and to enlarge small ones.

    Raises:
        RunError: if the file cannot be written.
    """
    count, height, width, channels = images.shape
    columns = columns or math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    low, high = value_range or (float(np.nanmin(images)), float(np.nanmax(images)))
    scaled = np.nan_to_num((images - low) / max(high - low, 1e-12) * 255.0)
    pixels = np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
    gap = GAP if frame else 0
    factor = max(1, math.ceil(LEAST_SIDE / min(height, width))) if frame else 1
    pixels = pixels.repeat(factor, axis=1).repeat(factor, axis=2)
    height, width = pixels.shape[1:3]
    sheet = np.full(
        (rows * (height + gap) + gap, columns * (width + gap) + gap, channels), 255, np.uint8
    )
    for index, image in enumerate(pixels):
        row, column = divmod(index, columns)
        top, left = gap + row * (height + gap), gap + column * (width + gap)
        sheet[top : top + height, left : left + width] = image
    picture = Image.fromarray(sheet[..., 0] if channels == 1 else sheet)
    with replacing(path) as temporary:
        picture.save(temporary, format="PNG")


def write_pairs(
    path: Path,
    originals: np.ndarray,
    reconstructions: np.ndarray,
    value_range: tuple[float, float] | None,
    columns: int = 8,
) -> None:
    """Writes rows of originals, each above the row of their reconstructions."""
    rows = []
    for start in range(0, len(originals), columns):
        for images in (originals, reconstructions):
            row = images[start : start + columns]
            missing = columns - len(row)
            rows.append(np.concatenate([row, np.full_like(row[:1], np.nan).repeat(missing, 0)]))
    write_grid(path, np.concatenate(rows), value_range, columns)
