"""Examples as metrics see them: images in [0, 1] on the grid of 8-bit values."""

from __future__ import annotations

import attrs
import numpy as np

from vaereg.contracts.data import DataSpec

STEPS = 255


@attrs.frozen(kw_only=True)
class Grid:
    """Brings examples of one data set into the form that metrics get.

    A decoder gives any number and data has 8 bits; were that difference left in, a score could
    live off it (Parmar et al. 2022, arXiv:2104.11222, on quantisation). Vectors and sequences stay
    as they are.

    Args:
        spec: what the examples look like.
        low, high: what becomes 0 and 1.
    """

    spec: DataSpec
    low: float = 0.0
    high: float = 1.0

    @property
    def seen(self) -> DataSpec:
        """What the examples look like afterwards."""
        if self.spec.form != "image":
            return self.spec
        return attrs.evolve(self.spec, value_range=(0.0, 1.0))

    def __call__(self, examples: np.ndarray) -> np.ndarray:
        """Examples (n, *data) float32; images clipped to the range and rounded to 8 bits."""
        values = np.asarray(examples, np.float32)
        if self.spec.form != "image":
            return values
        shades = (values - np.float32(self.low)) / np.float32(self.high - self.low)
        return np.rint(np.clip(shades, 0.0, 1.0) * STEPS).astype(np.float32) / np.float32(STEPS)


def grid_of(spec: DataSpec, train: np.ndarray) -> Grid:
    """The grid for a data set; where its range is unbounded, that of the training examples."""
    if spec.form != "image":
        return Grid(spec=spec)
    low, high = spec.value_range or (float(train.min()), float(train.max()))
    return Grid(spec=spec, low=low, high=high if high > low else low + 1.0)
