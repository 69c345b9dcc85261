"""A split given by positions in an array, in memory or on disk."""

from __future__ import annotations

import attrs
import numpy as np

from vaereg.basics.datasets.files.array_file import Rows
from vaereg.basics.datasets.splits.scaling import Scaling


@attrs.frozen(kw_only=True, eq=False)
class IndexedSplit:
    """The examples of `values` at `positions`, read and scaled when they are needed.

    Args:
        values: (n, …), in memory or in a file.
        positions: the positions of this split's examples.
        shape: the shape of one example in the result.
        scaling: converts stored values into examples.
        targets: (n,) the class numbers of all `values`, or None.
    """

    values: Rows
    positions: np.ndarray
    shape: tuple[int, ...]
    scaling: Scaling
    targets: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.positions)

    def take(self, indices: np.ndarray) -> np.ndarray:
        """The examples at `indices`, float32 (len(indices), *shape)."""
        wanted = self.positions[indices]
        order = np.argsort(wanted, kind="stable")  # a disk is read fastest from front to back
        chosen = np.empty((len(wanted), *self.shape), np.float32)
        stored = self.values[wanted[order]].reshape(len(wanted), *self.shape)
        if self.scaling.is_exact_for(stored.dtype):
            chosen[order] = stored
            self.scaling.in_place(chosen)
        else:
            chosen[order] = self.scaling(stored)
        return chosen

    def labels(self, indices: np.ndarray) -> np.ndarray | None:
        """The class numbers at `indices`, int64, or None if there are no classes."""
        if self.targets is None:
            return None
        labels: np.ndarray = self.targets[self.positions[indices]].astype(np.int64)
        return labels
