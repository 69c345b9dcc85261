"""Reads the cells of a text table: its delimiter, its header, its decimal sign and its rows."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path

import attrs

import vaereg
from vaereg.basics.datasets.files.cells import (
    THOUSANDS,
    is_missing,
    is_nearly_a_number,
    is_number,
    parse_number,
)
from vaereg.basics.datasets.splits.text_encoding import encoding_of, not_in

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
        named: whether the first row gave the names; if it did not, columns are named 1, 2, ….
        unnamed: the names of columns for which the first row has none.
        lines: the number of the line on which each row ends.
        rows: the cells of each row, stripped; decimal commas are points.
        delimiter: the character between cells.
        notes: what was assumed, one sentence each.
    """

    names: tuple[str, ...]
    named: bool
    unnamed: tuple[str, ...]
    lines: list[int]
    rows: list[list[str]]
    delimiter: str
    notes: tuple[str, ...] = ()


def read_cells(
    path: Path,
    *,
    delimiter: str,
    header: str,
    decimal: str,
    share: Callable[[float], None] = lambda share: None,
) -> CsvCells:
    """Reads all cells of a file.

    Args:
        path: a text file in UTF-8, or in UTF-16 or UTF-32 with a mark at its start.
        delimiter: the character between cells; empty to find it.
        header: whether the first row names the columns: "yes", "no", or "auto" (yes if no cell of
            the first row is a number, and some are text).
        decimal: the decimal sign, "." or ","; "auto" to find it.
        share: is called with the share of the file that is read.

    Raises:
        vaereg.DataError: for a file that is not such a table.
    """
    if len(delimiter) > 1 or delimiter in ("\n", "\r", '"'):
        raise vaereg.DataError(
            f"csv: delimiter = {delimiter!r}; allowed is one character that is no quote and ends "
            "no line"
        )
    notes: list[str] = []
    encoding = encoding_of(path)
    try:
        used = delimiter or _delimiter(path, encoding)
        read = list(_rows(path, used, encoding, share))
    except UnicodeError as error:
        raise vaereg.DataError(not_in(path, encoding, error)) from error
    except (OSError, csv.Error) as error:
        raise vaereg.DataError(f"{path}: cannot be read: {error}") from error
    full = [(line, cells) for line, cells in read if any(cells)]
    if not full:
        raise vaereg.DataError(f"{path}: is empty")
    if not delimiter and used != ",":
        notes.append(f"{path}: cells are divided by {used!r}")
    first = full[0][1]
    blank = [
        line
        for line, cells in read
        if not any(cells) and (len(cells) > 1 or (len(first) == 1 and line < full[-1][0]))
    ]
    if blank:
        notes.append(
            f"{path}: {len(blank)} rows without any cell are left out, such as line {blank[0]}"
        )
    named = header == "yes" or (header == "auto" and _are_names(first))
    names, unnamed = _names(path, first if named else [""] * len(first))
    body = full[1:] if named else full
    for line, cells in body:
        if len(cells) != len(names):
            raise vaereg.DataError(
                f"{path}, line {line}: {len(cells)} cells, but the first row has {len(names)}. "
                f'Is the delimiter "{used}"?'
            )
    if not body:
        raise vaereg.DataError(f"{path}: has a header but no rows")
    rows = [cells for _, cells in body]
    if header == "auto":
        notes += _doubts(path, first, rows, named=named)
    if named and unnamed:
        notes.append(f"{path}: {len(unnamed)} columns have no name, such as column {unnamed[0]!r}")
    if decimal == "," or (decimal == "auto" and _has_decimal_commas(rows, used)):
        changed = [[_with_point(cell) for cell in cells] for cells in rows]
        if decimal == "auto":
            example = next(
                f"{old!r} as {new}"
                for before, after in zip(rows, changed, strict=True)
                for old, new in zip(before, after, strict=True)
                if old != new
            )
            notes.append(
                f"{path}: numbers are read with a decimal comma, such as {example}; else, set "
                'decimal = "."'
            )
        rows = changed
    return CsvCells(
        names=names,
        named=named,
        unnamed=unnamed if named else (),
        lines=[line for line, _ in body],
        rows=rows,
        delimiter=used,
        notes=tuple(notes),
    )


def _names(path: Path, given: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the columns, and of those to which none was given, which have their number.

    Raises:
        vaereg.DataError: if two columns have the same name.
    """
    names, unnamed = list(given), []
    for at, name in enumerate(given):
        if not name:
            number = str(at + 1)
            names[at] = number if number not in given else f"column {number}"
            unnamed.append(names[at])
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise vaereg.DataError(
            f"{path}: several columns are named {', '.join(map(repr, twice))}. Rename them in the "
            "first row."
        )
    return tuple(names), tuple(unnamed)


def _are_names(first: Sequence[str]) -> bool:
    """Whether the first row names the columns: none of its cells is a number, and some are text."""
    return not any(map(is_number, first)) and any(
        not is_missing(cell) and not is_nearly_a_number(cell) for cell in first
    )


def _doubts(
    path: Path, first: Sequence[str], rows: Sequence[Sequence[str]], *, named: bool
) -> list[str]:
    """A note if the first row may have been taken for what it is not."""
    shown = ", ".join(first[:NAMED])
    if not named:
        if not _may_be_header(rows):
            return []
        return [
            f"{path}: the first row, {shown}, is taken as data, not as names of the columns; if it "
            'holds names, set header = "yes"'
        ]
    columns = zip(*rows, strict=True)
    if not all(name in column for name, column in zip(first, columns, strict=True)):
        return []
    return [
        f"{path}: the first row, {shown}, is taken as names of the columns, though its cells also "
        'stand below; if it is data, set header = "no"'
    ]


def _rows(
    path: Path,
    delimiter: str,
    encoding: str,
    share: Callable[[float], None] = lambda share: None,
) -> Iterator[tuple[int, list[str]]]:
    """Each row, stripped, with the number of the line on which it ends."""
    size = max(1, path.stat().st_size)
    with path.open("rb") as raw, io.TextIOWrapper(raw, encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            for number, cells in enumerate(reader):
                if number % 4096 == 0:
                    share(min(1.0, raw.tell() / size))
                yield reader.line_num, [cell.strip() for cell in cells]
        except csv.Error as error:
            raise csv.Error(f"line {reader.line_num}: {error}") from error


def _delimiter(path: Path, encoding: str) -> str:
    """The delimiter that gives the first rows the same number of cells, the largest such number."""
    best, most = ",", 1
    for delimiter in DELIMITERS:
        try:
            rows = (cells for _, cells in _rows(path, delimiter, encoding) if any(cells))
            widths = [len(cells) for cells in islice(rows, SAMPLED)]
        except csv.Error:
            continue
        if widths and len({*widths}) == 1 and widths[0] > most:
            best, most = delimiter, widths[0]
    return best


def _has_decimal_commas(rows: Sequence[Sequence[str]], delimiter: str) -> bool:
    cells = [cell for row in rows[:SAMPLED] for cell in row]
    commas = [cell for cell in cells if "," in cell and is_number(_with_point(cell))]
    points = sum("." in cell and is_number(cell) for cell in cells)
    if delimiter == "," and all(map(THOUSANDS.fullmatch, commas)):
        return False  # in quotes, 1,200 is rather 1200 than 1.2
    return len(commas) > points


def _with_point(cell: str) -> str:
    """A cell whose decimal comma is a point; unchanged if it is not such a number."""
    if cell.count(",") != 1 or "." in cell:
        return cell
    other = cell.replace(",", ".")
    return other if is_number(other) else cell


def _may_be_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row has whole numbers only, and differs from the others.

    They count on, the others have fractions, or each is beyond all others of its column.
    """
    if len(rows) < 3 or len(rows[0]) < 2 or not all(map(is_number, rows[0])):
        return False
    first = [parse_number(cell) for cell in rows[0]]
    if not all(value.is_integer() for value in first):
        return False
    below = [[parse_number(cell) for cell in row if is_number(cell)] for row in rows[1:]]
    others = [value for row in below[:SAMPLED] for value in row]
    if 2 * sum(not value.is_integer() for value in others) > len(others):
        return True
    if all(later - earlier == 1 for earlier, later in pairwise(first)):
        return True
    columns = [[parse_number(row[at]) for row in rows[1:]] for at in range(len(first))]
    return len(rows) > SAMPLED and all(
        value > max(column) or value < min(column)
        for value, column in zip(first, columns, strict=True)
    )
