"""The standardization of the columns of vectors, or the channels of series, in an array."""

from __future__ import annotations

import numpy as np

import vaereg
from vaereg.basics.datasets.files.array_file import Rows
from vaereg.basics.datasets.files.array_scan import blocks
from vaereg.basics.datasets.splits.standardization import Standardization


def standardization_of(
    values: Rows, positions: np.ndarray, form: str, width: int
) -> Standardization:
    """Mean and standard deviation over the examples at `positions`, in float64.

    A column or channel that never varies keeps its scale.

    Args:
        values: (n, ...) the stored examples.
        positions: those of the training split.
        form: of the data.
        width: the number of columns or channels.

    Raises:
        vaereg.DataError: for images.
    """
    if form == "image":
        raise vaereg.DataError(
            "arrays: standardize is for vectors and series; images are scaled to [0, 1] by "
            'value_range. For vectors, set form = "vector"; for series, form = "sequence".'
        )
    chosen = np.zeros(len(values), bool)
    chosen[positions] = True
    count, mean, squares = 0, np.zeros(width), np.zeros(width)
    for start, block in blocks(values):
        rows = block[chosen[start : start + len(block)]].astype(np.float64).reshape(-1, width)
        if not len(rows):
            continue
        own = rows.mean(axis=0)
        total = count + len(rows)
        shift = own - mean
        squares += ((rows - own) ** 2).sum(axis=0) + shift**2 * (count * len(rows) / total)
        mean += shift * (len(rows) / total)
        count = total
    scale = np.sqrt(squares / max(count, 1))
    scale[scale == 0] = 1.0
    names = tuple(str(each + 1) for each in range(width))
    return Standardization(columns=names, mean=mean, scale=scale)
