"""Decides what becomes of each column and row of a table, and reports the cells at fault."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs

import vaereg
from vaereg.basics.datasets.declared import CsvParams
from vaereg.basics.datasets.files.cells import (
    COMPACT_DATE,
    LEADING_ZERO,
    is_missing,
    is_number,
    is_rounded,
    parse_number,
)
from vaereg.basics.datasets.files.csv_file import NAMED, CsvCells
from vaereg.basics.datasets.files.shortened import in_a_row, in_lines
from vaereg.basics.datasets.files.table_columns import Column, number_column, sort_of, text_column

NUMBERING = frozenset({"id", "index", "idx", "row", "rowid", "row_id", "nr", "no", "no.", "#"})
"""Names of columns, in lower case, that may number the rows."""

MOST_CATEGORIES = 200
"""A column of text with more categories is not encoded: they are names or sentences."""


@attrs.frozen(kw_only=True, eq=False)
class TablePlan:
    """The columns to learn, and the rows that remain.

    Args:
        columns: in the order of the file, or of `columns`.
        cells: of each column.
        lines: where each row ends in the file.
        labels, groups: the cells of these columns, or None.
        notes: what is left out, one sentence each.
    """

    columns: list[Column]
    cells: list[list[str]]
    lines: list[int]
    labels: list[str] | None
    groups: list[str] | None
    notes: tuple[str, ...]


def plan_table(path: Path, table: CsvCells, params: CsvParams) -> TablePlan:
    """Chooses and encodes columns.

    Raises:
        vaereg.DataError: for unknown columns, dates, text that cannot be encoded, and cells that
            are missing or not numbers; the message has their number, and line and column of the
            first eight.
    """
    _check_keys(params)
    place = {name: at for at, name in enumerate(table.names)}
    asked = (*params.columns, *params.drop, *params.one_hot, *params.ordinal)
    asked += tuple(name for name in (params.target, params.groups) if name)
    unknown = sorted({name for name in asked if name not in place})
    if unknown:
        raise vaereg.DataError(
            f"{path}: there is no column {', '.join(map(repr, unknown))}; the columns are: "
            f"{', '.join(table.names)}"
        )
    wanted = params.columns or table.names
    left = {name for name in (params.target, params.groups, *params.drop) if name}
    wanted = tuple(name for name in wanted if name not in left)
    cells = dict(
        zip(table.names, (list(each) for each in zip(*table.rows, strict=True)), strict=True)
    )
    wanted, counting = _without_numbering(path, table, cells, wanted, params)
    coding, notes = _codings(path, {name: cells[name] for name in wanted}, params)
    notes = [*counting, *notes]
    if not coding:
        raise vaereg.DataError(
            f'{path}: has no column of numbers. Is the delimiter "{table.delimiter}"? '
            f"The first row is: {', '.join(table.rows[0][:NAMED])}. To use text, set text = "
            '"one_hot".'
        )
    needed = [*coding, *(name for name in (params.target, params.groups) if name)]
    rows, dropped = _rows(path, table, {name: cells[name] for name in needed}, coding, params)
    kept = {name: [column[row] for row in rows] for name, column in cells.items()}
    indicator = params.missing == "indicator"
    return TablePlan(
        columns=[
            number_column(name, kept[name], indicator=indicator)
            if how == "number"
            else text_column(name, kept[name], how, indicator=indicator)
            for name, how in coding.items()
        ],
        cells=[kept[name] for name in coding],
        lines=[table.lines[row] for row in rows],
        labels=kept[params.target] if params.target else None,
        groups=kept[params.groups] if params.groups else None,
        notes=(*table.notes, *notes, *dropped),
    )


def _check_keys(params: CsvParams) -> None:
    """Raises DataError for keys that contradict each other."""
    for first, second in (("one_hot", "ordinal"), ("columns", "drop"), ("one_hot", "drop"),
                          ("ordinal", "drop")):  # fmt: skip
        both = [name for name in getattr(params, first) if name in getattr(params, second)]
        if both:
            raise vaereg.DataError(f"csv: {first} and {second} both name {_named(both)}")
    if params.columns:
        for key in ("one_hot", "ordinal"):
            other = [name for name in getattr(params, key) if name not in params.columns]
            if other:
                raise vaereg.DataError(f"csv: {key} names {_named(other)}, and columns does not")


def _without_numbering(
    path: Path,
    table: CsvCells,
    cells: dict[str, list[str]],
    wanted: tuple[str, ...],
    params: CsvParams,
) -> tuple[tuple[str, ...], list[str]]:
    """The columns without those that number the rows and have no name, and a note on numbering."""
    notes = []
    for name in wanted:
        has_no_name = name in table.unnamed or name.lower().startswith("unnamed:")
        if params.columns or not (has_no_name or name.lower() in NUMBERING):
            continue
        if not _counts(cells[name]):
            continue
        if has_no_name:
            wanted = tuple(each for each in wanted if each != name)
            notes.append(
                f"{path}: column {name!r} numbers the rows ({', '.join(cells[name][:3])}, …) and "
                "is left out; to use it, name it in columns"
            )
        else:
            notes.append(
                f"{path}: column {name!r} numbers the rows ({', '.join(cells[name][:3])}, …); if "
                f"it measures nothing, leave it out with drop = [{name!r}]"
            )
    return wanted, notes


def _counts(column: Sequence[str]) -> bool:
    """Whether cells are 0, 1, 2, … or 1, 2, 3, …."""
    start = column[0]
    return start in ("0", "1") and all(
        cell == str(number) for number, cell in enumerate(column, int(start))
    )


def _codings(
    path: Path, cells: dict[str, list[str]], params: CsvParams
) -> tuple[dict[str, str], list[str]]:
    """How each column that is used becomes numbers, and notes on those that are left out."""
    coding: dict[str, str] = {}
    text, empty, dates, marked = [], [], [], []
    for name, column in cells.items():
        sort = sort_of(column)
        chosen = (
            "one_hot" if name in params.one_hot else "ordinal" if name in params.ordinal else ""
        )
        if sort == "dates" and not chosen:
            dates.append(name)
        elif chosen:
            coding[name] = chosen
        elif sort == "numbers":
            coding[name] = "number"
        elif sort == "empty":
            empty.append(name)
        elif sort == "marked" and not params.columns:
            marked.append(name)
            if params.text != "drop":
                coding[name] = params.text
        elif params.text != "drop":
            coding[name] = params.text
        elif params.columns:
            coding[name] = "number"  # its cells are reported
        else:
            text.append(name)
    if dates:
        example = next(cell for cell in cells[dates[0]] if not is_missing(cell))
        raise vaereg.DataError(
            f"{path}: column {_named(dates)} holds dates or times, such as {example!r}, which are "
            "not numbers. Turn them into numbers, such as days since the first one, or leave them "
            f"out with drop = [{', '.join(repr(each) for each in dates[:NAMED])}].",
            suggests={"drop": (*params.drop, *dates)},
        )
    for name, how in coding.items():
        count = len({*cells[name]})
        if how != "number" and count > MOST_CATEGORIES:
            raise vaereg.DataError(
                f"{path}: column {name!r} has {count} different texts, such as "
                f"{cells[name][0]!r}; at most {MOST_CATEGORIES} can be encoded. Leave it out with "
                f"drop = [{name!r}].",
                suggests={"drop": (*params.drop, name)},
            )
    notes = []
    if text and (coding or len(cells) > len(text)):
        examples = in_a_row([f"{each!r} ({_word(cells[each])!r})" for each in text], NAMED)
        notes.append(
            f"{path}: {len(text)} of {len(cells)} columns hold text and are left out: "
            f'{examples}. To use them, set text = "one_hot" or "ordinal".'
        )
    if marked:
        examples = in_a_row([f"{each!r} ({_word(cells[each])!r})" for each in marked], NAMED)
        become = "left out" if params.text == "drop" else "taken as text"
        notes.append(
            f"{path}: {len(marked)} of {len(cells)} columns hold numbers with other characters and "
            f"are {become}: {examples}. To use the numbers, remove these characters from the file."
        )
    notes += _looks(path, {name: cells[name] for name, how in coding.items() if how == "number"})
    if empty:
        notes.append(f"{path}: column {_named(empty)} has no cells and is left out")
    return coding, notes


def _word(column: Sequence[str]) -> str:
    """The first cell that is no number and not missing, or the first cell."""
    words = (cell for cell in column if not is_missing(cell) and not is_number(cell))
    return next(words, column[0])


def _looks(path: Path, numbers: dict[str, list[str]]) -> list[str]:
    """Notes on columns of numbers that may be dates or codes, or have more digits than floats."""
    notes = []
    for name, column in numbers.items():
        given = [cell for cell in column if not is_missing(cell)]
        if given and all(map(COMPACT_DATE.fullmatch, given)):
            notes.append(
                f"{path}: column {name!r} looks like dates, such as {given[0]!r}, and is read as "
                f"whole numbers. Turn it into days, or leave it out with drop = [{name!r}]."
            )
        zeros = [cell for cell in given if LEADING_ZERO.fullmatch(cell)]
        if zeros:
            notes.append(
                f"{path}: {len(zeros)} cells of column {name!r} have leading zeros, such as "
                f"{zeros[0]!r}, and are read as numbers. If they are codes, set one_hot or ordinal "
                f"= [{name!r}], or leave them out."
            )
        long = [cell for cell in given if len(cell) > 15 and is_rounded(cell)]
        if long:
            notes.append(
                f"{path}: {len(long)} cells of column {name!r} have more digits than a float64 "
                f"holds, such as {long[0]!r}, which is read as {parse_number(long[0])!r}"
            )
    return notes


def _rows(
    path: Path,
    table: CsvCells,
    cells: dict[str, list[str]],
    coding: dict[str, str],
    params: CsvParams,
) -> tuple[list[int], list[str]]:
    """The rows to keep, and a note on those that are dropped.

    Raises:
        vaereg.DataError: for cells that are missing, unless they are provided for, or no numbers.
    """
    faults: dict[int, list[str]] = {}
    missing: list[int] = []
    tolerant = params.missing in ("median", "indicator")
    for name, column in cells.items():
        how = coding.get(name, "label")
        for row, cell in enumerate(column):
            if is_missing(cell):
                if params.missing == "drop_rows":
                    missing.append(row)
                elif not tolerant or how == "label":
                    faults.setdefault(row, []).append(
                        f"line {table.lines[row]}, column {name!r} is missing"
                    )
            elif how == "number" and not is_number(cell):
                faults.setdefault(row, []).append(
                    f"line {table.lines[row]}, column {name!r} is {cell!r}, not a finite number"
                )
    if faults:
        every = [fault for row in sorted(faults) for fault in faults[row]]
        hint = ""
        if 0 in faults and not table.named and params.header == "auto":
            hint = f' If line {table.lines[0]} names the columns, set header = "yes".'
        raise vaereg.DataError(
            f"{path}: {len(every)} cell{'s' * (len(every) > 1)} cannot be used. Fill in or remove "
            'these rows, leave out the column with drop = [...], set missing = "drop_rows", '
            '"median" or "indicator" for missing cells, or text = "one_hot" for text.'
            f"{hint}\n" + in_lines(every, NAMED)
        )
    gone = {*missing}
    rows = [row for row in range(len(table.rows)) if row not in gone]
    if not gone:
        return rows, []
    if not rows:
        raise vaereg.DataError(
            f"{path}: each of the {len(table.rows)} rows has missing cells, so none is left; set "
            'missing = "median", or leave out columns with drop = [...]'
        )
    first = min(gone)
    where = next(name for name, column in cells.items() if is_missing(column[first]))
    return rows, [
        f"{path}: {len(gone)} of {len(table.rows)} rows have missing cells and are left out, such "
        f"as line {table.lines[first]}, column {where!r} ({cells[where][first]!r})"
    ]


def _named(names: Sequence[str]) -> str:
    return in_a_row([*map(repr, names)], NAMED)
