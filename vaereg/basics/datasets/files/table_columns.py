"""The columns of a table as numbers: read as they stand, or encoded; and written back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import attrs
import numpy as np

from vaereg.basics.datasets.files.cells import (
    is_date,
    is_missing,
    is_nearly_a_number,
    is_number,
    parse_number,
)

Sort = Literal["numbers", "marked", "text", "dates", "empty"]


def sort_of(cells: Sequence[str]) -> Sort:
    """What a column holds, by most of its cells.

    A column of "marked" numbers has no plain number, but most cells are such as 5 %, $3 or 1,200.
    """
    counts = Counter(cell for cell in cells if not is_missing(cell))
    total = sum(counts.values())
    if not total:
        return "empty"
    numbers = sum(count for cell, count in counts.items() if is_number(cell))
    if numbers == total:
        return "numbers"
    if 2 * sum(count for cell, count in counts.items() if is_date(cell)) > total:
        return "dates"
    near = sum(count for cell, count in counts.items() if is_nearly_a_number(cell))
    if 2 * near < total:
        return "text"
    return "numbers" if numbers else "marked"


@attrs.frozen(kw_only=True)
class Column:
    """A column of the file, and how it becomes numbers.

    Args:
        name: in the file.
        coding: "number", "one_hot" or "ordinal".
        categories: of text, in order.
        decimals: how many a number has in the file.
        indicator: whether a number or an ordinal has a second value, 1 where the cell is missing.
    """

    name: str
    coding: str = "number"
    categories: tuple[str, ...] = ()
    decimals: int = 0
    indicator: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the values that it becomes."""
        if self.coding == "one_hot":
            return tuple(f"{self.name}={category}" for category in self.categories)
        return (self.name, f"{self.name} is missing") if self.indicator else (self.name,)

    def encode(self, cells: Sequence[str]) -> np.ndarray:
        """The cells as values, float64 (n, values); NaN for the value of a missing cell."""
        if self.coding == "number":
            values = np.array([parse_number(cell) for cell in cells], np.float64)
        else:
            code = {category: float(at) for at, category in enumerate(self.categories)}
            values = np.array([code.get(cell, np.nan) for cell in cells], np.float64)
        if self.coding == "one_hot":
            missing = np.isnan(values)[:, None]
            hot = values[:, None] == np.arange(len(self.categories))
            return np.where(missing, np.nan, hot.astype(np.float64))
        if self.indicator:
            return np.stack([values, np.isnan(values).astype(np.float64)], axis=1)
        return values[:, None]

    def write(self, values: np.ndarray) -> list[str]:
        """Values (n, values) as cells of the file; of one-hot values, the largest counts."""
        if self.coding == "one_hot":
            return [self.categories[each] for each in values.argmax(axis=1)]
        if self.coding == "ordinal":
            codes = np.clip(np.rint(values[:, 0]), 0, len(self.categories) - 1).astype(int)
            cells = [self.categories[each] for each in codes]
        else:
            rounded = np.round(values[:, 0], self.decimals) + 0.0  # no negative zeros
            cells = [f"{value:.{self.decimals}f}" for value in rounded]
        if self.indicator:
            cells = [
                "" if missing > 0.5 else c for c, missing in zip(cells, values[:, 1], strict=True)
            ]
        return cells


def number_column(name: str, cells: Sequence[str], *, indicator: bool) -> Column:
    """A column of numbers, with as many decimals as the file has."""
    given = [cell for cell in cells if is_number(cell)]
    fine = any("e" in cell.lower() for cell in given)
    decimals = max((len(cell.partition(".")[2]) for cell in given), default=0)
    missing = indicator and any(map(is_missing, cells))
    return Column(name=name, decimals=9 if fine else min(decimals, 9), indicator=missing)


def text_column(name: str, cells: Sequence[str], coding: str, *, indicator: bool) -> Column:
    """A column of text, encoded; with `indicator`, a missing cell is a category of its own."""
    missing = indicator and any(map(is_missing, cells))
    known = {cell for cell in cells if not is_missing(cell)}
    numeric = all(map(is_number, known))
    categories = sorted(known, key=lambda cell: (parse_number(cell) if numeric else 0.0, cell))
    if coding == "one_hot":
        spelled = sorted({cell for cell in cells if is_missing(cell)}) if missing else []
        return Column(name=name, coding=coding, categories=(*categories, *spelled))
    return Column(name=name, coding=coding, categories=tuple(categories), indicator=missing)
