"""What a cell of a text table is: missing, a number, nearly a number, a date, or text."""

from __future__ import annotations

import math
import re

MISSING = frozenset({"", "?", "-", "na", "n/a", "nan", "null", "none"})
"""The spellings of a missing cell, in lower case."""

NEARLY = re.compile(
    r"[<>~≈=+\-$€£]*\s*(\d[\d.,_' ]*(e[+\-]?\d+)?|inf(inity)?)\s*[%°a-z]{0,3}", re.I
)
"""Cells of a column of numbers that are no numbers themselves, such as <5, 1,200, 3 % and inf."""

DATE = re.compile(
    r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})([T ]\d{1,2}:\d{2}.*)?"
    r"|\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?"
)


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


def is_nearly_a_number(cell: str) -> bool:
    """Whether a cell belongs to a column of numbers."""
    return is_number(cell) or NEARLY.fullmatch(cell) is not None


def is_date(cell: str) -> bool:
    """Whether a cell is a date or a time of day."""
    return DATE.fullmatch(cell) is not None and not is_number(cell)
