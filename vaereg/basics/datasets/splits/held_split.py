"""A split of an array: a copy if the array is in memory, otherwise a choice of positions."""

from __future__ import annotations

import numpy as np

import vaereg
from vaereg.basics.datasets.splits.indexed_split import IndexedSplit

MOST = 2**30
"""Larger arrays are not copied, so that no more memory is needed than they take."""


def held_split(
    values: np.ndarray,
    positions: np.ndarray,
    *,
    shape: tuple[int, ...],
    targets: np.ndarray | None = None,
    value_range: tuple[float, float] = (0.0, 1.0),
) -> vaereg.Split:
    """The examples of `values` at `positions`.

    Examples of an array in memory are copied to a separate array, which training may keep on the
    device. An array that is mapped from a file, or larger than 1 GiB, is read as examples are
    taken.

    Args:
        values, positions, shape, targets, value_range: as of `IndexedSplit`.
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
