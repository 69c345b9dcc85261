"""The rows of a text table as examples for a trained model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

import vaereg
from vaereg.basics.datasets.declared import CsvParams
from vaereg.basics.datasets.files.cells import is_missing, is_number
from vaereg.basics.datasets.files.csv_file import NAMED, CsvCells, read_cells
from vaereg.basics.datasets.files.csv_labels import typed_labels
from vaereg.basics.datasets.files.shortened import in_a_row, in_lines
from vaereg.basics.datasets.files.table_columns import Column
from vaereg.basics.datasets.splits.labels import encode_labels
from vaereg.basics.datasets.splits.table_units import TableUnits


def table_examples(
    path: Path, params: CsvParams, data: vaereg.Data, share: Callable[[float], None]
) -> vaereg.Examples:
    """The rows of a table, encoded and standardized as those of the training.

    Its columns are found by their names, in any order; others are not read. Missing cells are an
    error, or become what they became in the training.

    Args:
        path: a text table.
        params: how tables were read in the training.
        data: of the training.
        share: is called with the share of the file that is read.

    Raises:
        vaereg.DataError: for a file that is no such table, a column that is missing, and cells that
            are missing, no numbers, or of a category that the training data did not have.
    """
    units = data.to_rows
    assert isinstance(units, TableUnits)  # what this dataset gives
    if path.is_dir():
        raise vaereg.DataError(f"{path}: is a folder; the run was trained on a text table")
    table = read_cells(
        path,
        delimiter=params.delimiter,
        header=params.header,
        decimal=params.decimal,
        share=share,
    )
    wanted = _wanted(units)
    at = _places(path, table, [column for column, _ in wanted.values()])
    rows, notes = _usable(path, table, params, units, at)
    fill = _fillings(units, data)
    encoded = np.tile(units.constant, (len(rows), 1))
    for start, (column, end) in wanted.items():
        values = column.encode([table.rows[row][at[column.name]] for row in rows])
        missing = np.isnan(values[:, 0])
        if column.indicator:
            values[missing, 0] = fill[start]
        else:
            values[missing] = fill[start:end]
        encoded[:, start:end] = values
    with np.errstate(over="ignore", invalid="ignore"):  # told below
        values = units.standardization.standardize(encoded[:, units.kept])
    if not np.isfinite(values).all():
        raise vaereg.DataError(f"{path}: values too large to standardize")
    labels = None
    if params.target in table.names:
        cells = [table.rows[row][table.names.index(params.target)] for row in rows]
        typed, _ = typed_labels(cells, f'{path}, column "{params.target}"')
        labels = encode_labels(typed, path)
    lines = [table.lines[row] for row in rows]
    used = {*at, params.target, params.groups}
    extra = [repr(name) for name in table.names if name not in used and name not in params.drop]
    if extra and not params.columns:
        notes.append(f"{path}: columns that the run does not know are not read: {', '.join(extra)}")
    return vaereg.Examples(
        split=vaereg.ArraySplit(values, labels.codes if labels else None),
        names=lambda indices: [f"{path.name}, line {lines[each]}" for each in indices],
        class_names=labels.names if labels else (),
        notes=(*table.notes, *notes),
    )


def _wanted(units: TableUnits) -> dict[int, tuple[Column, int]]:
    """The columns of which the model sees values: first value -> the column and its end."""
    found, start = {}, 0
    for column in units.columns:
        end = start + len(column.names)
        if units.kept[start:end].any():
            found[start] = column, end
        start = end
    return found


def _places(path: Path, table: CsvCells, columns: list[Column]) -> dict[str, int]:
    """Name of a column -> where it stands in the table.

    Raises:
        vaereg.DataError: naming the columns that the table lacks.
    """
    lacking = [repr(column.name) for column in columns if column.name not in table.names]
    if lacking:
        raise vaereg.DataError(
            f"{path}: has no column {in_a_row(lacking, NAMED)}; the run was trained on "
            f"{len(columns)} columns, this table has "
            f"{in_a_row([*map(repr, table.names)], NAMED)}"
        )
    return {column.name: table.names.index(column.name) for column in columns}


def _usable(
    path: Path, table: CsvCells, params: CsvParams, units: TableUnits, at: dict[str, int]
) -> tuple[list[int], list[str]]:
    """The rows that can be read, and a note on those that are left out.

    Raises:
        vaereg.DataError: for cells that cannot be used, with line and column.
    """
    faults, gone = [], []
    columns = [column for column in units.columns if column.name in at]
    for row, cells in enumerate(table.rows):
        for column in columns:
            cell = cells[at[column.name]]
            where = f"line {table.lines[row]}, column {column.name!r}"
            if cell in column.categories:
                continue
            if is_missing(cell):
                if params.missing == "drop_rows":
                    gone.append(row)
                elif params.missing == "error":
                    faults.append(f"{where} is missing")
            elif column.coding == "number" and not is_number(cell):
                faults.append(f"{where} is {cell!r}, not a finite number")
            elif column.coding != "number":
                known = in_a_row([*map(repr, column.categories)], NAMED)
                faults.append(f"{where} is {cell!r}; the training had {known}")
    if faults:
        raise vaereg.DataError(
            f"{path}: {len(faults)} cell{'s' * (len(faults) > 1)} cannot be used; correct or "
            "remove these rows:\n" + in_lines(faults, NAMED)
        )
    left = {*gone}
    rows = [row for row in range(len(table.rows)) if row not in left]
    if not rows:
        raise vaereg.DataError(f"{path}: each row has missing cells, so none is left")
    if not left:
        return rows, []
    return rows, [
        f"{path}: {len(left)} of {len(table.rows)} rows have missing cells and are left out, such "
        f"as line {table.lines[gone[0]]}"
    ]


def _fillings(units: TableUnits, data: vaereg.Data) -> np.ndarray:
    """What stands for a missing cell, (values,): the median of the training rows, or the most
    frequent category. Cells that were missing there had these values already."""
    seen = units.standardization(data.train.take(np.arange(len(data.train))))
    values = np.tile(units.constant, (len(seen), 1))
    values[:, units.kept] = seen
    fill: np.ndarray = np.median(values, axis=0)
    start = 0
    for column in units.columns:
        end = start + len(column.names)
        if column.coding == "one_hot":
            fill[start:end] = np.eye(end - start)[values[:, start:end].mean(axis=0).argmax()]
        elif column.coding == "ordinal":
            codes, counts = np.unique(np.rint(values[:, start]), return_counts=True)
            fill[start] = codes[counts.argmax()]
        start = end
    return fill
