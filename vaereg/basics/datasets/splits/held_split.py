"""A split of an array: a copy if the array is in memory, otherwise positions in the array."""

from __future__ import annotations

import numpy as np

import vaereg
from vaereg.basics.datasets.files.array_file import ArrayFile, Rows
from vaereg.basics.datasets.splits.indexed_split import IndexedSplit
from vaereg.basics.datasets.splits.scaling import Scaling

MOST = 2**30
"""Larger arrays, in bytes, are not copied, to save memory."""

ROWS = 4096
"""The number of examples to convert at once."""

BYTES = Scaling(factor=1 / 255)
"""Maps the bytes 0 to 255 to [0, 1]."""


def held_split(
    values: Rows,
    positions: np.ndarray,
    *,
    shape: tuple[int, ...],
    targets: np.ndarray | None = None,
    scaling: Scaling = BYTES,
) -> vaereg.Split:
    """Returns the examples of `values` at `positions` as a split.

    If the array is in memory, its examples are scaled and copied to a separate array, which
    training may keep on the device; bytes stay bytes until they are taken. An array in a
    file, or larger than 1 GiB, is read and scaled when examples are needed.

    Args:
        values, positions, shape, targets, scaling: as for `IndexedSplit`.
    """
    ends = scaling.bytes_range
    kept = np.dtype(np.uint8 if values.dtype == np.uint8 and ends is not None else np.float32)
    size = len(positions) * int(np.prod(shape)) * kept.itemsize
    if isinstance(values, ArrayFile) or max(size, values.nbytes) > MOST:
        return IndexedSplit(
            values=values, positions=positions, shape=shape, targets=targets, scaling=scaling
        )
    labels = None if targets is None else targets[positions]
    if kept == np.uint8 and ends is not None:
        chosen = values[positions].reshape(len(positions), *shape)
        return vaereg.ArraySplit(chosen, labels, ends)
    examples = np.empty((len(positions), *shape), np.float32)
    for start in range(0, len(positions), ROWS):
        rows = positions[start : start + ROWS]
        examples[start : start + ROWS] = scaling(values[rows].reshape(len(rows), *shape))
    return vaereg.ArraySplit(examples, labels)
