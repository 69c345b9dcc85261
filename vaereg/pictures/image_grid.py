"""Draws many examples in a grid, as a PNG file."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
from PIL import Image

from vaereg.errors import RunError
from vaereg.pictures.picture_cells import image_cells, vector_cells

GAP = 2
"""Pixels between two pictures."""
PAIR_GAP = 8
"""Pixels between two pairs of rows."""
PAPER = 235
"""The grey between pictures."""


def write_grid(
    examples: np.ndarray,
    path: Path,
    *,
    value_range: tuple[float, float] | None = (0.0, 1.0),
    columns: int | None = None,
    scale: int | None = None,
) -> None:
    """Writes a grid of examples, row by row, into a PNG file, completely or not at all.

    Args:
        examples: images (n, h, w, c) or vectors (n, d), which become bars; n > 0.
        path: the file; its folder is created if needed.
        value_range: the range of the values, or None to take it from them.
        columns: how many examples a row has; None for about as many as there are rows.
        scale: how many times larger each example is drawn; None to make it legible (56 pixels).

    Raises:
        ValueError: if there are no examples, or they have another form.
        vaereg.RunError: when the file cannot be written.
    """
    cells = _cells(examples, value_range, scale)
    columns = columns or math.ceil(math.sqrt(len(cells)))
    _save_atomically(_paste([cells[i : i + columns] for i in range(0, len(cells), columns)]), path)


def reconstruction_grid(
    originals: np.ndarray,
    reconstructions: np.ndarray,
    path: Path,
    *,
    value_range: tuple[float, float] | None = (0.0, 1.0),
    columns: int | None = None,
    scale: int | None = None,
) -> None:
    """Writes originals above their reconstructions into a PNG file, completely or not at all.

    Args:
        originals, reconstructions: (n, h, w, c) or (n, d) each.
        path, value_range, columns, scale: as for `write_grid`; columns is at most 10 by default.

    Raises:
        ValueError: if the shapes differ, there are no examples, or they have another form.
        vaereg.RunError: when the file cannot be written.
    """
    if originals.shape != reconstructions.shape:
        raise ValueError(
            f"originals have shape {originals.shape}, reconstructions {reconstructions.shape}"
        )
    both = _cells(np.concatenate([originals, reconstructions]), value_range, scale)
    above, below = np.split(both, 2)
    columns = columns or min(len(above), 10)
    rows = []
    for start in range(0, len(above), columns):
        rows += [above[start : start + columns], below[start : start + columns]]
    _save_atomically(_paste(rows, pairs=True), path)


def _cells(
    examples: np.ndarray, value_range: tuple[float, float] | None, scale: int | None
) -> np.ndarray:
    draw = {2: vector_cells, 4: image_cells}.get(examples.ndim)
    if draw is None or not examples.size:
        raise ValueError(
            f"examples of shape {examples.shape} cannot be drawn; allowed are images "
            "(n, h, w, c) and vectors (n, d), at least one"
        )
    return draw(np.asarray(examples, np.float32), value_range, scale)


def _paste(rows: list[np.ndarray], *, pairs: bool = False) -> np.ndarray:
    """Rows of pictures (n, height, width, 3) on one sheet; the last row may be shorter."""
    height, width = rows[0].shape[1:3]
    tops, top = [], GAP
    for row_index in range(len(rows)):
        tops.append(top)
        top += height + (PAIR_GAP if pairs and row_index % 2 else GAP)
    sheet = np.full(
        (tops[-1] + height + GAP, len(rows[0]) * (width + GAP) + GAP, 3), PAPER, np.uint8
    )
    for top, row in zip(tops, rows, strict=True):
        for column, cell in enumerate(row):
            left = GAP + column * (width + GAP)
            sheet[top : top + height, left : left + width] = cell
    return sheet


def _save_atomically(sheet: np.ndarray, path: Path) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            Image.fromarray(sheet).save(temporary, format="PNG")
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise RunError(f"cannot write {path}: {error.strerror or error}") from error
