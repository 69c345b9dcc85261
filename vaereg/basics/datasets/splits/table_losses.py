"""What of a table the standardized vectors do not hold: constants, rare categories, digits."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np

from vaereg.basics.datasets.files.cells import is_number
from vaereg.basics.datasets.files.shortened import in_a_row
from vaereg.basics.datasets.files.table_plan import TablePlan
from vaereg.basics.datasets.splits.table_units import TableUnits

NAMED = 8
"""The most columns or categories that a note names."""


def constants(
    path: Path, plan: TablePlan, encoded: np.ndarray, table: TableUnits, train: np.ndarray
) -> list[str]:
    """Notes on columns and categories that are left out because no training row varies in them.

    Args:
        path: the file.
        plan: the columns and cells.
        encoded: (rows, values) all encoded columns.
        table: which values are kept.
        train: the positions of the training rows.
    """
    in_train = np.zeros(len(encoded), bool)
    in_train[train] = True
    columns, categories, lost, start = [], [], 0, 0
    for column, cells in zip(plan.columns, plan.cells, strict=True):
        end = start + len(column.names)
        values, kept = encoded[:, start:end], table.kept[start:end]
        start = end
        if not kept.any():
            columns.append(f"{column.name!r} ({cells[int(train[0])]!r})")
            lost += int((values != values[train[0]]).any(axis=1).sum())
        elif column.coding == "one_hot" and not kept.all():
            for at in np.flatnonzero(~kept):
                rows = np.flatnonzero((values[:, at] == 1) & ~in_train)
                if len(rows):
                    categories.append(f"{column.names[at]!r} ({len(rows)} rows)")
    notes = []
    if columns:
        others = f"; {lost} other rows have other values there, which are lost" if lost else ""
        notes.append(
            f"{path}: {len(columns)} columns have one value in all training rows and are left out: "
            f"{in_a_row(columns, NAMED)}{others}"
        )
    if categories:
        notes.append(
            f"{path}: {len(categories)} categories occur in no training row and are read as none: "
            f"{in_a_row(categories, NAMED)}"
        )
    return notes


def merged(path: Path, names: Sequence[str], exact: np.ndarray, values: np.ndarray) -> list[str]:
    """A note on columns in which different values become equal when they are standardized.

    Args:
        path: the file.
        names: of the columns.
        exact: (rows, columns) in the units of the file, float64.
        values: (rows, columns) standardized, float32.
    """
    found = []
    before, after = _different(exact), _different(values)
    for at, name in enumerate(names):
        if after[at] < before[at]:
            found.append(f"{name!r} ({before[at]} different values become {after[at]})")
    if not found:
        return []
    return [
        f"{path}: {len(found)} columns have values too close together to tell apart in float32, "
        f"beside their spread: {in_a_row(found, NAMED)}. Look for outliers."
    ]


def _different(values: np.ndarray) -> np.ndarray:
    """How many different values each column has."""
    ordered = np.sort(values, axis=0)
    counts: np.ndarray = 1 + (ordered[1:] != ordered[:-1]).sum(axis=0)
    return counts


def group_of(cell: str) -> str:
    """A group by which rows are kept together: of a number, its value, so that 1 and 1.0 agree."""
    if not is_number(cell):
        return cell
    return format(Decimal(cell).normalize(), "f") if len(cell) < 40 else cell
