"""A stand-in for a split whose examples were not read."""

from __future__ import annotations

import attrs
import numpy as np

from vaereg.errors import DataError


@attrs.frozen
class AbsentSplit:
    """A split of known size but without examples: a run can be sampled without its data."""

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
