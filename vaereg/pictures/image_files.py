"""Writes single images as PNG files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from vaereg.pictures.picture_cells import image_cells
from vaereg.runs.atomic import replacing


def write_images(folder: Path, images: np.ndarray, value_range: tuple[float, float] | None) -> None:
    """Writes images (n, height, width, channels) as `0000.png`, `0001.png` and so on.

    Args:
        folder: the folder, which must exist.
        images: the images.
        value_range: the values of black and white; None for the smallest and largest value.

    Raises:
        RunError: if a file cannot be written.
    """
    digits = max(4, len(str(len(images) - 1)))
    cells = image_cells(np.asarray(images, np.float32), value_range, 1)
    grey = images.shape[-1] == 1
    for index, cell in enumerate(cells):
        with replacing(folder / f"{index:0{digits}d}.png") as temporary:
            Image.fromarray(cell[..., 0] if grey else cell).save(temporary, format="PNG")
