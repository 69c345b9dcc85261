"""Where a call that makes many steps takes its batches from."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
from keras import ops

from vaereg.contracts.data import ArraySplit

LONGEST = 256
"""The most steps that one item holds."""


@attrs.frozen(eq=False, kw_only=True)
class Source:
    """Training examples in memory of which items name positions, or items that are examples.

    Args:
        values: (n, *data) uint8 or float32 that is put on the device once; items are then
            positions (steps, batch_size), int32. None: items are examples (steps, batch_size,
            *data), float32.
        value_range: the range that 8-bit values are mapped to.
    """

    values: np.ndarray | None = None
    value_range: tuple[float, float] = (0.0, 1.0)

    @classmethod
    def of(cls, split: ArraySplit) -> Source:
        """A split in memory."""
        return cls(values=split.values, value_range=split.value_range)

    def examples(self, chosen: Any) -> Any:
        """What `ArraySplit.take` makes of chosen values, by the same arithmetic, as a tensor.

        Args:
            chosen: (B, *data) a tensor of some of the values.

        Returns:
            (B, *data) float32.
        """
        floats = ops.cast(chosen, "float32")
        if self.values is None or self.values.dtype != np.uint8:
            return floats
        low, high = self.value_range
        scaled = floats * float(np.float32((high - low) / 255.0))
        return scaled + float(np.float32(low)) if low else scaled
