"""A data set whose examples come on the grid of 8-bit values, for extractors to learn from."""

from __future__ import annotations

import attrs
import numpy as np

from vaereg.contracts.data import Data, Split
from vaereg.evaluation.evidence.quantized import Grid


@attrs.frozen(eq=False)
class GriddedSplit:
    """A split seen through a grid."""

    split: Split
    grid: Grid

    def __len__(self) -> int:
        return len(self.split)

    def take(self, indices: np.ndarray) -> np.ndarray:
        """The examples at `indices`, as metrics see them."""
        return self.grid(self.split.take(indices))

    def labels(self, indices: np.ndarray) -> np.ndarray | None:
        """Their labels."""
        return self.split.labels(indices)


def gridded(data: Data, grid: Grid) -> Data:
    """The data with every split seen through the grid."""

    def seen(split: Split | None) -> Split | None:
        return None if split is None else GriddedSplit(split, grid)

    return attrs.evolve(
        data,
        spec=grid.seen,
        train=GriddedSplit(data.train, grid),
        validation=seen(data.validation),
        test=seen(data.test),
    )
