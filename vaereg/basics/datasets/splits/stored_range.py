"""The range of stored values: given, known from their type, or found in the training examples."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import attrs
import numpy as np

import vaereg

UNIT = (0.0, 1.0)
SLACK = 1e-3
"""How far beyond its range a value may lie to be clipped, as a share of the range's width."""

BY_BITS = {np.dtype(np.uint8): (0.0, 255.0), np.dtype(np.uint16): (0.0, 65535.0)}
"""The types whose bits say what black and white are."""


@attrs.frozen(kw_only=True)
class StoredRange:
    """What stored values mean.

    Args:
        original: the smallest and the largest value that may be stored; None if unbounded.
        rescaled: whether examples are rescaled from `original` to [0, 1].
        levels: the number of values that discrete data takes, or None.
        note: how the range was found, if the user should know; otherwise empty.
    """

    original: tuple[float, float] | None
    rescaled: bool = True
    levels: int | None = None
    note: str = ""

    @property
    def value_range(self) -> tuple[float, float] | None:
        """The range of the examples."""
        return UNIT if self.rescaled and self.original is not None else self.original

    @property
    def slack(self) -> float:
        """How far beyond the range a value may lie to be clipped."""
        return 0.0 if self.original is None else SLACK * (self.original[1] - self.original[0])

    @property
    def scaling(self) -> tuple[float, float]:
        """(factor, offset) with example = stored * factor + offset."""
        if self.original is None or self.original == self.value_range:
            return 1.0, 0.0
        low, high = self.original
        return 1.0 / (high - low), -low / (high - low)


def given_bounds(
    value_range: Sequence[float], dataset: str, if_empty: str
) -> tuple[float, float] | None:
    """The smallest and the largest value that a user gave; None for an empty `value_range`.

    Args:
        value_range: as it was given.
        dataset: the name of the dataset, for messages.
        if_empty: what an empty one stands for, for messages.

    Raises:
        vaereg.DataError: if it is not a range.
    """
    if not value_range:
        return None
    finite = all(map(math.isfinite, value_range))
    if len(value_range) != 2 or not finite or not value_range[0] < value_range[1]:
        raise vaereg.DataError(
            f"{dataset}: value_range = {list(value_range)}; allowed are "
            f"[smallest, largest], and [] {if_empty}"
        )
    return float(value_range[0]), float(value_range[1])


def given_range(value_range: Sequence[float], dtype: np.dtype, dataset: str) -> StoredRange | None:
    """The range that a user gave for values of a type; None for an empty one.

    Raises:
        vaereg.DataError: if it is not a range.
    """
    bounds = given_bounds(value_range, dataset, "to take the range from the data")
    if bounds is None:
        return None
    return StoredRange(original=bounds, levels=_levels(dtype, *bounds))


def image_range(
    dtype: np.dtype,
    low: float,
    high: float,
    are_whole: Callable[[], bool],
    source: str,
    may_be_series: bool = False,
    extent: tuple[float, float] | None = None,
) -> StoredRange:
    """The range of images, from their type and the values of the training examples.

    Types of 8 and 16 bits have that of their bits. Floats in [0, 1] or [-1, 1] have this range.
    Other whole numbers up to 16, 255, 4,095 or 65,535 have the least of these ranges, but no more
    than their type holds, with a note.

    Args:
        dtype: of the stored values.
        low, high: the smallest and the largest value of the training examples.
        are_whole: whether all of them are whole numbers; called only if that matters.
        source: the file and array, for messages.
        may_be_series: whether only the shape says that these are images.
        extent: the smallest and the largest value of all splits, for the range that is suggested.

    Raises:
        vaereg.DataError: if this rule does not tell the range.
    """
    if low == high:
        raise vaereg.DataError(
            f"{source}: all values are equal ({low:g}), so nothing can be learned from them"
        )
    if dtype == np.dtype(bool):
        return StoredRange(original=UNIT, levels=2)
    if dtype in BY_BITS:
        original = BY_BITS[dtype]
        return StoredRange(original=original, levels=_levels(dtype, *original))
    if dtype.kind == "f":
        for bounds in (UNIT, (-1.0, 1.0)):
            found = StoredRange(original=bounds)
            if bounds[0] - found.slack <= low and high <= bounds[1] + found.slack:
                return found
    top = next((float(each) for each in vaereg.DataSpec.USUAL_TOPS if high <= each), None)
    if top is not None and dtype.kind == "i":  # 255 does not fit into 8 bits with a sign
        top = min(top, float(np.iinfo(dtype).max))
    if low >= 0 and top is not None and are_whole():
        note = ""
        if top > 1:
            note = (
                f"{source}: the values are whole numbers from {low:g} to {high:g}, stored as "
                f"{dtype}; they are taken as 0 (black) to {top:g} (white). For another range, set "
                "value_range = [smallest, largest]."
            )
        return StoredRange(original=(0.0, top), levels=round(top) + 1, note=note)
    least, most = extent or (low, high)
    top = next((each for each in vaereg.DataSpec.USUAL_TOPS if most <= each), None)
    guess = [0, round(top)] if least >= 0 and top is not None else list(_outward(least, most))
    raise vaereg.DataError(
        f"{source}: the values of the images lie between {low:g} and {high:g}, stored as {dtype}; "
        "which of them are black and white is not known. Set value_range to the smallest and the "
        f"largest value that images may have, such as value_range = {guess}."
        + (' If these are series, set form = "sequence".' if may_be_series else ""),
        asks={"form": ("sequence",)} if may_be_series else {"value_range": (guess,)},
    )


def _outward(low: float, high: float) -> tuple[float, float]:
    """The bounds with three digits of the larger one, each rounded away from the other."""
    size = max(abs(low), abs(high))
    unit = 10.0 ** (math.floor(math.log10(size)) - 2) if size and math.isfinite(size) else 1.0
    if not unit:
        return low, high
    rounded = math.floor(low / unit) * unit, math.ceil(high / unit) * unit
    least, most = (float(f"{each:.12g}") for each in rounded)
    return min(least, low), max(most, high)


def plain_range(dtype: np.dtype, low: float, high: float, form: str, source: str) -> StoredRange:
    """The range of vectors, sequences and volumes, which are not rescaled unless asked for.

    Vectors of 8-bit values are an exception, since they are pixels: a note says so.

    Args:
        dtype: of the stored values.
        low, high: the smallest and the largest value of all examples.
        form: of the data.
        source: the file and array, for messages.
    """
    if dtype == np.dtype(np.uint8) and form == "vector":
        return StoredRange(
            original=BY_BITS[dtype],
            levels=256,
            note=f"{source}: 8-bit values are taken as pixels and scaled from 0 to 255 to [0, 1]. "
            "To train on the numbers themselves, save them as float32.",
        )
    bounded = low >= 0 and high <= 1
    levels = 2 if dtype == np.dtype(bool) else None
    return StoredRange(original=UNIT if bounded else None, rescaled=False, levels=levels)


def _levels(dtype: np.dtype, low: float, high: float) -> int | None:
    """How many whole numbers a range holds, for integers; None for floats and for far too many."""
    whole = dtype.kind in "iub" and low.is_integer() and high.is_integer()
    return round(high - low) + 1 if whole and high - low <= vaereg.DataSpec.USUAL_TOPS[-1] else None
