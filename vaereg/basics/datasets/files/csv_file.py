"""Reads numbers and labels from a text table and reports the location of faulty cells."""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs
import numpy as np

import vaereg

MISSING = frozenset({"", "?", "-", "na", "n/a", "nan", "null", "none"})
NAMED = 8
"""The number of faulty cells that a message names."""


@attrs.frozen(kw_only=True, eq=False)
class CsvColumns:
    """The selected columns of a file.

    Args:
        columns: their names.
        values: (rows, columns), float64.
        labels: (rows,) the cells of the target column, or None.
    """

    columns: tuple[str, ...]
    values: np.ndarray
    labels: np.ndarray | None


def read_csv(
    path: Path, *, delimiter: str, header: str, columns: Sequence[str], target: str
) -> CsvColumns:
    """Reads numeric columns and a column of labels from a file.

    Args:
        path: a UTF-8 file.
        delimiter: the character between cells.
        header: whether the first row names the columns: "yes", "no", or "auto" (yes if no cell of
            the first row is a number). Without a header, columns are named 1, 2, ….
        columns: the columns to read; empty for all whose first non-missing cell is a number.
        target: the column of labels, or empty.

    Raises:
        vaereg.DataError: for a file that is not such a table, for unknown columns, and for cells
            that are missing or not numbers; the message has their number, and line and column of
            the first eight.
    """
    if len(delimiter) != 1:
        raise vaereg.DataError(f"csv: delimiter = {delimiter!r}; allowed is one character")
    try:
        rows = list(_rows(path, delimiter))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise vaereg.DataError(f"{path}: cannot be read as UTF-8 text: {error}") from error
    if not rows:
        raise vaereg.DataError(f"{path}: is empty")
    first = [cell.strip() for cell in rows[0][1]]
    named = header == "yes" or (header == "auto" and not any(map(_is_number, first)))
    names = first if named else [str(number + 1) for number in range(len(first))]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise vaereg.DataError(f"{path}: several columns are named {', '.join(map(repr, twice))}")
    body = rows[1:] if named else rows
    for line, cells in body:
        if len(cells) != len(names):
            raise vaereg.DataError(
                f"{path}, line {line}: {len(cells)} cells, but the first row has {len(names)}. "
                f'Is the delimiter "{delimiter}"?'
            )
    unknown = [name for name in (*columns, *([target] if target else ())) if name not in names]
    if unknown:
        raise vaereg.DataError(
            f"{path}: there is no column {', '.join(map(repr, unknown))}; the columns are: "
            f"{', '.join(names)}"
        )
    if not body:
        raise vaereg.DataError(f"{path}: has a header but no rows")
    wanted = tuple(columns) or tuple(
        name
        for at, name in enumerate(names)
        if name != target and _is_number(next((c[at] for _, c in body if not _missing(c[at])), ""))
    )
    if not wanted:
        raise vaereg.DataError(
            f'{path}: has no column of numbers. Is the delimiter "{delimiter}"? '
            f"The first row is: {', '.join(map(repr, first[:NAMED]))}"
        )
    places = [names.index(name) for name in wanted]
    labels = [cells[names.index(target)].strip() for _, cells in body] if target else None
    return CsvColumns(
        columns=wanted,
        values=_numbers(path, body, places, wanted, labels, target),
        labels=_typed(labels) if labels is not None else None,
    )


def _rows(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the number of the line on which it ends."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells


def _numbers(
    path: Path,
    body: list[tuple[int, list[str]]],
    places: list[int],
    names: tuple[str, ...],
    labels: list[str] | None,
    target: str,
) -> np.ndarray:
    values = array("d")
    faults: list[str] = []
    for row, (line, cells) in enumerate(body):
        for place, name in zip(places, names, strict=True):
            cell = cells[place].strip()
            if _is_number(cell):
                values.append(float(cell))
                continue
            what = "is missing" if _missing(cell) else f"is {cell!r}, not a finite number"
            faults.append(f"  line {line}, column {name!r} {what}")
            values.append(0.0)
        if labels is not None and _missing(labels[row]):
            faults.append(f"  line {line}, column {target!r} is missing")
    if faults:
        more = [f"  and {len(faults) - NAMED} more"] if len(faults) > NAMED else []
        raise vaereg.DataError(
            f"{path}: {len(faults)} cell{'s' * (len(faults) > 1)} cannot be used. Fill in or "
            "remove these rows, or name the columns to use with columns = [...]:\n"
            + "\n".join(faults[:NAMED] + more)
        )
    return np.frombuffer(values, np.float64).reshape(len(body), len(places))


def _typed(labels: list[str]) -> np.ndarray:
    """Numbers if every label is a number, so that 9 precedes 10; otherwise text.

    Whole numbers are read as integers, since floats beyond 2**53 would merge them.
    """
    if not all(map(_is_number, labels)):
        return np.array(labels)
    try:
        return np.array([int(label) for label in labels], np.int64)
    except (ValueError, OverflowError):  # 1.0 or 1e3, or beyond 64 bits
        floats = np.array([float(label) for label in labels])
        return floats if np.abs(floats).max() <= 2**53 else np.array(labels)


def _missing(cell: str) -> bool:
    return cell.strip().lower() in MISSING


def _is_number(cell: str) -> bool:
    """Whether a cell is a finite number; Python's 1_000 is not."""
    try:
        return "_" not in cell and bool(np.isfinite(float(cell)))
    except ValueError:
        return False
