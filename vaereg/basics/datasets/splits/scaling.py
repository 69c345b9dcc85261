"""The conversion of stored values into examples: a factor, an offset and bounds."""

from __future__ import annotations

import attrs
import numpy as np


@attrs.frozen(kw_only=True, eq=False)
class Scaling:
    """An example is stored * factor + offset, clipped.

    Args:
        factor, offset: numbers, or arrays that broadcast with an example.
        clip: the range to which examples are clipped, or None.
    """

    factor: float | np.ndarray = 1.0
    offset: float | np.ndarray = 0.0
    clip: tuple[float, float] | None = None

    @property
    def bytes_range(self) -> tuple[float, float] | None:
        """The examples that the bytes 0 and 255 become, if no value needs clipping."""
        if self.clip is not None or isinstance(self.factor, np.ndarray):
            return None
        low = float(self.offset)
        return low, low + 255.0 * float(self.factor)

    def __call__(self, stored: np.ndarray) -> np.ndarray:
        """Examples, float32, of the same shape; `stored` is not changed."""
        examples = stored.astype(np.float32 if self.is_exact_for(stored.dtype) else np.float64)
        self.in_place(examples)
        return examples.astype(np.float32, copy=False)

    def in_place(self, examples: np.ndarray) -> None:
        """Turns stored values, already in floats, into examples."""
        width = examples.dtype.type
        if np.any(self.factor != 1):
            examples *= width(self.factor)
        if np.any(self.offset):
            examples += width(self.offset)
        if self.clip is not None:
            np.clip(examples, *self.clip, out=examples)

    def is_exact_for(self, dtype: np.dtype) -> bool:
        """Whether float32 is wide enough to scale this type: it holds it, or nothing is scaled."""
        scaled = np.any(self.factor != 1) or np.any(self.offset)
        return not scaled or dtype.itemsize <= (4 if dtype.kind == "f" else 2)
