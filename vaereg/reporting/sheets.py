"""Sheets of examples: PNG pictures embedded in the page as data URIs."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence

import attrs
import numpy as np
from PIL import Image

from vaereg.pictures.picture_cells import vector_cells

GAP = 1
"""The number of transparent pixels between two examples, where the page's colour shows."""

SMALL = 64
"""Examples with more pixels per side are drawn smoothly, and shrunk if many are shown."""

LONGEST_VECTOR = 512
"""Examples with more values are not drawn as bars."""

WIDE, NARROW = 470, 350
"""The approximate width of a sheet in pixels, on a screen and on a phone."""


@attrs.frozen(kw_only=True)
class Sheet:
    """One picture of examples in rows.

    Args:
        uri: the PNG as a data URI.
        alt: the alternative text, for readers who cannot see it.
        width, height: the size of the PNG.
        columns, rows: the numbers of columns and rows of examples.
        wide, narrow: the width in pixels on a screen and on a phone.
        pixelated: whether pixels are shown as squares.
    """

    uri: str
    alt: str
    width: int
    height: int
    columns: int
    rows: int
    wide: int
    narrow: int
    pixelated: bool


def can_be_drawn(examples: np.ndarray) -> bool:
    """Whether examples (n, ...) have a form that can be drawn."""
    if not examples.size:
        return False
    if examples.dtype == np.uint8:
        return examples.ndim == 4 and examples.shape[-1] in (1, 3)
    return examples.ndim >= 2 and math.prod(examples.shape[1:]) <= LONGEST_VECTOR


def cells(
    examples: np.ndarray,
    value_range: tuple[float, float] | None = None,
    *,
    shrink: bool = True,
) -> np.ndarray:
    """Examples as uint8 pictures (n, h, w, 1 or 3).

    Args:
        examples: uint8 images (n, h, w, 1 or 3), or float (n, ...), drawn as bars.
        value_range: the bottom and top of the bars; None for the smallest and largest value.
        shrink: make images no larger than `SMALL`, so that a page with many images stays small.
    """
    if examples.dtype != np.uint8:
        return vector_cells(examples.reshape(len(examples), -1), value_range, 1)
    height, width = examples.shape[1:3]
    factor = max(height, width) / SMALL
    if not shrink or factor <= 1:
        return examples
    size = (max(1, round(width / factor)), max(1, round(height / factor)))
    grey = examples.shape[-1] == 1
    small = [
        np.asarray(
            Image.fromarray(each[..., 0] if grey else each).resize(size, Image.Resampling.BOX)
        )
        for each in examples
    ]
    stacked = np.stack(small)
    return stacked[..., None] if grey else stacked


def sheet(rows: Sequence[np.ndarray], alt: str) -> Sheet:
    """Rows of pictures as one PNG.

    Args:
        rows: (n, h, w, c) uint8 each, all pictures of one size; shorter rows leave a gap.
        alt: the alternative text.
    """
    height, width, channels = rows[0].shape[1:]
    columns = max(map(len, rows))
    paper = np.zeros(
        (len(rows) * (height + GAP) - GAP, columns * (width + GAP) - GAP, channels + 1), np.uint8
    )
    for at, row in enumerate(rows):
        top = at * (height + GAP)
        for place, picture in enumerate(row):
            left = place * (width + GAP)
            paper[top : top + height, left : left + width, :channels] = picture
            paper[top : top + height, left : left + width, channels] = 255
    pixelated = max(height, width) <= SMALL
    return Sheet(
        uri=_data_uri(paper),
        alt=alt,
        width=paper.shape[1],
        height=paper.shape[0],
        columns=columns,
        rows=len(rows),
        wide=_shown_width(paper.shape[1], WIDE),
        narrow=_shown_width(paper.shape[1], NARROW),
        pixelated=pixelated,
    )


def _shown_width(width: int, about: int) -> int:
    """A width near `about` at which each pixel of the sheet is a multiple of half a page pixel.

    Phones and many screens have two or three pixels for each pixel of the page. Half a page pixel
    is then at least one screen pixel, so that all squares are equal.
    """
    return round(width * max(2, math.floor(2 * about / width)) / 2)


def _data_uri(paper: np.ndarray) -> str:
    picture = Image.fromarray(paper)  # two channels are LA, four RGBA
    if paper[..., -1].all():  # no gap, so no transparency
        picture = picture.convert("L" if paper.shape[-1] == 2 else "RGB")
    file = io.BytesIO()
    picture.save(file, format="PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")
