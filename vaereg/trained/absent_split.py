"""The place of a split whose examples are not there."""

from __future__ import annotations

import attrs
import numpy as np

from vaereg.errors import DataError


@attrs.frozen
class AbsentSplit:
    """A split of which only the size is known: a run can be sampled without its data."""

    size: int

    def __len__(self) -> int:
        return self.size

    def take(self, indices: np.ndarray) -> np.ndarray:
        """Raises DataError: nothing was read."""
        del indices
        raise DataError("the data of this run was not read.")

    def labels(self, indices: np.ndarray) -> np.ndarray | None:
        """None."""
        del indices
        return None
