"""Where a call of many steps takes its batches from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np
from keras import ops

from vaereg.contracts.conditions import Condition, conditions_at
from vaereg.contracts.data import ArraySplit
from vaereg.contracts.tensor import Tensor

MAX_STEPS_PER_CALL = 256
"""The most steps that one call of the train function makes."""


@attrs.frozen(eq=False, kw_only=True)
class BatchSource:
    """Where steps find their examples: by position among values on the device, or in the chunks.

    Args:
        values: (n, *data) uint8 or float32, put on the device once; chunks are then positions
            (steps, batch_size), int32. If None, chunks are examples (steps, batch_size, *data),
            float32.
        value_range: the range that 8-bit values are mapped to.
        given: (n, *shape) the conditions of the values, by name, put on the device with them. In
            chunks of examples, the conditions of a batch follow its examples: (x, {name: ...}).
    """

    values: np.ndarray | None = None
    value_range: tuple[float, float] = (0.0, 1.0)
    given: Mapping[str, np.ndarray] = attrs.field(factory=dict)

    @classmethod
    def of(cls, split: ArraySplit, conditions: Sequence[Condition] = ()) -> BatchSource:
        """The source for a split in memory, with these conditions of its examples."""
        given = conditions_at(split, conditions, np.arange(len(split)))
        return cls(values=split.values, value_range=split.value_range, given=given)

    def in_range(self, chosen: Tensor) -> Tensor:
        """Values as floats in the data's range, by the arithmetic of `ArraySplit.take`.

        Args:
            chosen: (B, *data) some of the values, as a tensor.

        Returns:
            (B, *data) float32.
        """
        floats = ops.cast(chosen, "float32")
        if self.values is None or self.values.dtype != np.uint8:
            return floats
        low, high = self.value_range
        scaled = floats * float(np.float32((high - low) / 255.0))
        return scaled + float(np.float32(low)) if low else scaled


def as_batch(batch: Tensor | Sequence[Tensor]) -> tuple[Tensor, ...]:
    """A batch as a step takes it: (x,), or (x, conditions), which a loader of PyTorch lists."""
    return tuple(batch) if isinstance(batch, tuple | list) else (batch,)
