"""Reads the cells of a text table: its delimiter, its header, its decimal sign and its rows."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import attrs

import vaereg
from vaereg.basics.datasets.files.cells import is_number, parse_number

DELIMITERS = (",", ";", "\t", "|")
"""The delimiters that are recognized, the most usual first."""

SAMPLED = 20
"""How many rows decide on the delimiter and the decimal sign."""

NAMED = 8
"""The number of cells that a message names."""


@attrs.frozen(kw_only=True, eq=False)
class CsvCells:
    """The cells of a table.

    Args:
        names: of the columns.
        lines: the number of the line on which each row ends.
        rows: the cells of each row, stripped; decimal commas are points.
        delimiter: the character between cells.
        notes: what was assumed, one sentence each.
    """

    names: tuple[str, ...]
    lines: list[int]
    rows: list[list[str]]
    delimiter: str
    notes: tuple[str, ...] = ()


def read_cells(path: Path, *, delimiter: str, header: str, decimal: str) -> CsvCells:
    """Reads all cells of a file.

    Args:
        path: a UTF-8 file.
        delimiter: the character between cells; empty to find it.
        header: whether the first row names the columns: "yes", "no", or "auto" (yes if no cell of
            the first row is a number). Without a header, columns are named 1, 2, ….
        decimal: the decimal sign, "." or ","; "auto" to find it.

    Raises:
        vaereg.DataError: for a file that is not such a table.
    """
    if len(delimiter) > 1:
        raise vaereg.DataError(f"csv: delimiter = {delimiter!r}; allowed is one character")
    notes: list[str] = []
    try:
        used = delimiter or _delimiter(path)
        read = list(_rows(path, used))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise vaereg.DataError(f"{path}: cannot be read as UTF-8 text: {error}") from error
    if not read:
        raise vaereg.DataError(f"{path}: is empty")
    if not delimiter and used != ",":
        notes.append(f"{path}: cells are divided by {used!r}")
    first = read[0][1]
    named = header == "yes" or (header == "auto" and not any(map(is_number, first)))
    names = tuple(first) if named else tuple(str(number + 1) for number in range(len(first)))
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise vaereg.DataError(f"{path}: several columns are named {', '.join(map(repr, twice))}")
    body = read[1:] if named else read
    for line, cells in body:
        if len(cells) != len(names):
            raise vaereg.DataError(
                f"{path}, line {line}: {len(cells)} cells, but the first row has {len(names)}. "
                f'Is the delimiter "{used}"?'
            )
    if not body:
        raise vaereg.DataError(f"{path}: has a header but no rows")
    rows = [cells for _, cells in body]
    if not named and header == "auto" and _may_be_header(rows):
        notes.append(
            f"{path}: the first row, {', '.join(first[:NAMED])}, is taken as data, not as names of "
            'the columns; if it holds names, set header = "yes"'
        )
    if decimal == "," or (decimal == "auto" and used != "," and _has_decimal_commas(rows)):
        rows = [[_with_point(cell) for cell in cells] for cells in rows]
        if decimal == "auto":
            notes.append(f'{path}: numbers are read with a decimal comma; else, set decimal = "."')
    lines = [line for line, _ in body]
    return CsvCells(names=names, lines=lines, rows=rows, delimiter=used, notes=tuple(notes))


def _rows(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the number of the line on which it ends."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield reader.line_num, stripped


def _delimiter(path: Path) -> str:
    """The delimiter that gives the first rows the same number of cells, the largest such number."""
    best, most = ",", 1
    for delimiter in DELIMITERS:
        try:
            widths = [len(cells) for _, cells in islice(_rows(path, delimiter), SAMPLED)]
        except csv.Error:
            continue
        if widths and len({*widths}) == 1 and widths[0] > most:
            best, most = delimiter, widths[0]
    return best


def _has_decimal_commas(rows: list[list[str]]) -> bool:
    cells = [cell for row in rows[:SAMPLED] for cell in row]
    commas = sum("," in cell and is_number(_with_point(cell)) for cell in cells)
    points = sum("." in cell and is_number(cell) for cell in cells)
    return commas > points


def _with_point(cell: str) -> str:
    """A cell whose decimal comma is a point; unchanged if it is not such a number."""
    if cell.count(",") != 1 or "." in cell:
        return cell
    other = cell.replace(",", ".")
    return other if is_number(other) else cell


def _may_be_header(rows: list[list[str]]) -> bool:
    """Whether the first row has whole numbers only, and the others have fractions."""
    if len(rows) < 3 or not all(map(is_number, rows[0])):
        return False
    first = [parse_number(cell) for cell in rows[0]]
    others = [parse_number(cell) for row in rows[1:SAMPLED] for cell in row if is_number(cell)]
    whole = all(value.is_integer() for value in first)
    fractions = sum(not value.is_integer() for value in others)
    return whole and len(first) > 1 and 2 * fractions > len(others)
