"""A split given by positions in an array, in memory or on disk."""

from __future__ import annotations

import attrs
import numpy as np


@attrs.frozen(kw_only=True, eq=False)
class IndexedSplit:
    """The examples of `values` at `positions`, read when they are needed.

    Args:
        values: (n, …), possibly memory-mapped; uint8 is read as low + value / 255 * (high - low).
        positions: the positions of this split's examples.
        shape: the shape of one example in the result.
        targets: (n,) the class numbers of all `values`, or None.
        value_range: the range that 8-bit values are mapped to.
    """

    values: np.ndarray
    positions: np.ndarray
    shape: tuple[int, ...]
    targets: np.ndarray | None = None
    value_range: tuple[float, float] = (0.0, 1.0)

    def __len__(self) -> int:
        return len(self.positions)

    def take(self, indices: np.ndarray) -> np.ndarray:
        """The examples at `indices`, float32 (len(indices), *shape)."""
        wanted = self.positions[indices]
        order = np.argsort(wanted, kind="stable")  # a disk is read fastest from front to back
        chosen = np.empty((len(wanted), *self.shape), np.float32)
        chosen[order] = self.values[wanted[order]].reshape(len(wanted), *self.shape)
        if self.values.dtype == np.uint8:
            low, high = self.value_range
            chosen *= np.float32((high - low) / 255.0)
            if low:
                chosen += np.float32(low)
        return chosen

    def labels(self, indices: np.ndarray) -> np.ndarray | None:
        """The class numbers at `indices`, int64, or None if there are no classes."""
        if self.targets is None:
            return None
        labels: np.ndarray = self.targets[self.positions[indices]].astype(np.int64)
        return labels
