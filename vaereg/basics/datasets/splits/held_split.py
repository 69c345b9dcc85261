"""A split of an array: a copy if the array is in memory, otherwise positions in the array."""

from __future__ import annotations

import numpy as np

import vaereg
from vaereg.basics.datasets.splits.indexed_split import IndexedSplit

MOST = 2**30
"""Larger arrays, in bytes, are not copied, to save memory."""


def held_split(
    values: np.ndarray,
    positions: np.ndarray,
    *,
    shape: tuple[int, ...],
    targets: np.ndarray | None = None,
    value_range: tuple[float, float] = (0.0, 1.0),
) -> vaereg.Split:
    """Returns the examples of `values` at `positions` as a split.

    If the array is in memory, its examples are copied to a separate array, which training may keep
    on the device. An array that is memory-mapped or larger than 1 GiB is read when examples are
    needed.

    Args:
        values, positions, shape, targets, value_range: as for `IndexedSplit`.
    """
    kept = values.dtype if values.dtype == np.uint8 else np.dtype(np.float32)
    size = len(positions) * int(np.prod(shape)) * kept.itemsize
    if isinstance(values, np.memmap) or max(size, values.nbytes) > MOST:
        return IndexedSplit(
            values=values,
            positions=positions,
            shape=shape,
            targets=targets,
            value_range=value_range,
        )
    return vaereg.ArraySplit(
        values[positions].astype(kept, copy=False).reshape(len(positions), *shape),
        None if targets is None else targets[positions],
        value_range,
    )
