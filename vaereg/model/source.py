"""Where a call that makes many steps takes its batches from."""

from __future__ import annotations

import attrs
import numpy as np

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

    @property
    def is_bytes(self) -> bool:
        """Whether the values are 8-bit, to be mapped to the range."""
        return self.values is not None and self.values.dtype == np.uint8

    @property
    def scale(self) -> np.float32:
        """What an 8-bit value is multiplied by."""
        low, high = self.value_range
        return np.float32((high - low) / 255.0)

    @property
    def shift(self) -> np.float32:
        """What is added to it then."""
        return np.float32(self.value_range[0])
