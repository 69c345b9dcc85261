"""The contract of a dataset."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from vaereg.contracts.data import Data, DataSpec
from vaereg.contracts.examples import Examples


class Dataset(Protocol):
    """A callable: () -> Data.

    Laws: equal parameters and seed give equal splits; the splits are disjoint; values are finite
    and within `spec.value_range`. Raises `vaereg.DataError` naming the file at fault.

    A dataset that also reads other files, for a trained model, has `read`; see `ReadsMore`.
    """

    def __call__(self) -> Data: ...


class ReadsMore(Protocol):
    """A dataset that reads other files than its own as it reads its own.

    Laws: `read` of the files that the parameters name gives the examples of all splits, to the bit;
    examples have the shape of `spec` and lie within its value range. Raises `vaereg.DataError`
    naming the file for examples of another shape or range, which says what `spec` has.
    """

    def read(self, path: Path, spec: DataSpec, data: Callable[[], Data]) -> Examples:
        """The examples of a file or a folder, for a model that was trained on this dataset.

        Args:
            path: a file or a folder that exists.
            spec: of the data that the model was trained on.
            data: reads that data, for whatever else was found in it, such as the standardization
                of columns. Not to be called without need: the data may be gone.
        """
        ...
