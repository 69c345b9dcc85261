"""What a cell of a text table is: missing, a number, nearly a number, a date, or text."""

from __future__ import annotations

import math
import re

MISSING = frozenset(
    {
        "",
        "?",
        "-",
        "--",
        "\N{EN DASH}",
        "\N{EM DASH}",
        ".",
        "..",
        "na",
        "n/a",
        "n.a.",
        "<na>",
        "#na",
        "#n/a",
        "nan",
    }
    | {"-nan", "nat", "null", "none", "1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan"}
)
"""The spellings of a missing cell, in lower case."""

NEARLY = re.compile(
    r"[<>~≈=+\-$€£]*\s*(\d[\d.,_' ]*(e[+\-]?\d+)?|inf(inity)?)\s*[%°a-z]{0,3}", re.I
)
"""Cells of a column of numbers that are no numbers themselves, such as <5, 1,200, 3 % and inf."""

_MONTH = r"(jan|feb|mar|mrz|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-z]*\.?"
_WEEKDAY = r"([a-z]{2,9}\.?,?\s+)?"
_REST = r"([-/, ]+\d{2,4})?([T ]+\d{1,2}:.*)?"

DATE = re.compile(
    r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([T ]\d{1,2}:\d{2}.*)?"
    r"|\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(\s*[ap]\.?m\.?)?"
    r"|(19|20)\d\d[-/](0?[1-9]|1[0-2])|(0?[1-9]|1[0-2])[-/.](19|20)\d\d"
    r"|(19|20)\d\d-?(q[1-4]|w\d{2})|q[1-4][-/ ]?(19|20)\d\d"
    rf"|{_WEEKDAY}\d{{1,2}}\.?[-/ ]{_MONTH}{_REST}"
    rf"|{_WEEKDAY}{_MONTH}[-/ ]\d{{1,2}}(st|nd|rd|th)?{_REST}"
    rf"|{_MONTH}[-/ ]+(19|20)\d\d",
    re.I,
)
"""Dates and times of day, as they are usually written."""

COMPACT_DATE = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
"""Dates written as whole numbers, such as 20201231."""

LEADING_ZERO = re.compile(r"0\d+")
"""Whole numbers that may be codes, such as 01234."""

THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
"""Numbers whose thousands may be divided by commas, such as 1,200."""


def is_missing(cell: str) -> bool:
    """Whether nothing is known."""
    return cell.lower() in MISSING


def parse_number(cell: str) -> float:
    """The number in a cell; NaN if it is no finite number. Python's 1_000 is none."""
    try:
        value = math.nan if "_" in cell else float(cell)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def is_number(cell: str) -> bool:
    """Whether a cell is a finite number."""
    return not math.isnan(parse_number(cell))


def is_rounded(cell: str) -> bool:
    """Whether a number has more digits than a float64 holds."""
    if not is_number(cell):
        return False
    whole = cell.lstrip("+-0").isdigit()
    if whole:
        return int(cell) != int(parse_number(cell))
    digits = cell.lower().partition("e")[0].replace(".", "").lstrip("+-0")
    return len(digits) > 17


def is_nearly_a_number(cell: str) -> bool:
    """Whether a cell belongs to a column of numbers."""
    return is_number(cell) or NEARLY.fullmatch(cell) is not None


def is_date(cell: str) -> bool:
    """Whether a cell is a date or a time of day."""
    return DATE.fullmatch(cell) is not None and not is_number(cell)
