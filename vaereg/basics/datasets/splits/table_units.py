"""The rows of a table as standardized vectors, and back to the cells of the file."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from vaereg.basics.datasets.files.table_columns import Column
from vaereg.basics.datasets.splits.standardization import Standardization


@attrs.frozen(kw_only=True, eq=False)
class TableUnits:
    """Turns standardized vectors into rows of the file.

    Args:
        columns: of the file, in order.
        kept: whether each encoded value is part of the vectors, (values,).
        constant: (values,) the value of those that are not, since it never varies.
        standardization: of those that are.
    """

    columns: Sequence[Column]
    kept: np.ndarray
    constant: np.ndarray
    standardization: Standardization

    def __call__(self, vectors: np.ndarray) -> tuple[tuple[str, ...], list[list[str]]]:
        """The names of the file's columns, and the cells of each of the vectors (n, kept)."""
        values = np.tile(self.constant, (len(vectors), 1))
        values[:, self.kept] = self.standardization(vectors)
        cells, start = [], 0
        for column in self.columns:
            end = start + len(column.names)
            cells.append(column.write(values[:, start:end]))
            start = end
        names = tuple(column.name for column in self.columns)
        return names, [list(row) for row in zip(*cells, strict=True)]
