"""One pass over an array of any size for its hash, its extremes and values that cannot be used."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import attrs
import numpy as np

import vaereg
from vaereg.basics.datasets.files.array_file import Rows

BLOCK = 32 * 2**20
"""The number of bytes to read at once."""

EXACT = 2**24
"""Up to here float32 holds every whole number."""


MASKED = (1e20, float(np.float32(1e20)))
"""What the masked values of an array of floats become when it is filled."""


@attrs.frozen(kw_only=True, eq=False)
class Scan:
    """The result of a pass over an array.

    Args:
        content: the sha256 of type, shape and values.
        lows, highs: (n,) the smallest and the largest value of each example, float64.
        notes: what becomes of values that float32 cannot hold exactly, one sentence each.
    """

    content: str
    lows: np.ndarray
    highs: np.ndarray
    notes: tuple[str, ...] = ()


def scan(values: Rows, source: str) -> Scan:
    """Reads `values` (n, …), n > 0, in blocks of 32 MiB.

    Raises:
        vaereg.DataError: for values that are NaN, infinite or too large for float32, with their
            number and the index of the first.
    """
    content = hashlib.sha256(f"{values.dtype.str} {values.shape}".encode())
    lows, highs = np.empty(len(values)), np.empty(len(values))
    bad, lost = _Count(), _Count()
    for start, block in blocks(values):
        content.update(block.data)
        if block.dtype.kind == "f":
            with np.errstate(over="ignore", under="ignore"):  # found and counted here
                single = block.astype(np.float32, copy=False)
            bad.add(~np.isfinite(single), block, start)
            if block.dtype.itemsize > 4:
                lost.add((single == 0) & (block != 0), block, start)
        rows = block.reshape(len(block), -1)
        lows[start : start + len(block)] = rows.min(axis=1)
        highs[start : start + len(block)] = rows.max(axis=1)
    if bad.count:
        raise vaereg.DataError(
            f"{source}: {bad.count} of {values.size} values are NaN, infinite or beyond float32; "
            f"the first: {bad.first}. Repair or leave out these examples."
        )
    if values.dtype.kind == "f" and highs.max() in MASKED:
        count, first = outside(values, -np.inf, 0.99 * MASKED[0])
        raise vaereg.DataError(
            f"{source}: {count} of {values.size} values are 1e+20, which numpy writes for masked "
            f"values; the first: {first}. Fill them in or leave out these examples."
        )
    notes = []
    if lost.count:
        notes.append(
            f"{source}: {lost.count} of {values.size} values are too small for float32 and become "
            f"0; the first: {lost.first}. Save the values multiplied by a constant to keep them."
        )
    largest = max(abs(float(lows.min())), abs(float(highs.max())))
    if values.dtype.kind in "iu" and largest > EXACT:
        notes.append(
            f"{source}: whole numbers up to {largest:.0f} are rounded to the 24 bits of float32; "
            "neighbours may become equal."
        )
    return Scan(content=content.hexdigest(), lows=lows, highs=highs, notes=tuple(notes))


def blocks(values: Rows) -> Iterator[tuple[int, np.ndarray]]:
    """Yields contiguous blocks of `values` with their start positions."""
    rows = max(1, BLOCK // max(1, values.nbytes // len(values)))
    for start in range(0, len(values), rows):
        yield start, np.ascontiguousarray(values[start : start + rows])


def are_whole(values: Rows, positions: np.ndarray) -> bool:
    """Whether all values of the examples at `positions` are whole numbers."""
    if values.dtype.kind != "f":
        return True
    chosen = np.zeros(len(values), bool)
    chosen[positions] = True
    return all(
        bool((block == np.rint(block))[chosen[start : start + len(block)]].all())
        for start, block in blocks(values)
    )


def outside(values: Rows, low: float, high: float) -> tuple[int, str]:
    """How many values lie outside [low, high], and the first with its index; (0, "") if none."""
    found = _Count()
    for start, block in blocks(values):
        found.add((block < low) | (block > high), block, start)
    return found.count, found.first


class _Count:
    """Counts marked values, and remembers the first."""

    def __init__(self) -> None:
        self.count, self.first = 0, ""

    def add(self, marked: np.ndarray, block: np.ndarray, start: int) -> None:
        """Counts the values of a block, which starts at an example, where `marked` is true."""
        number = int(np.count_nonzero(marked))
        if number and not self.count:
            at = np.unravel_index(int(np.argmax(marked)), block.shape)
            index = ", ".join(str(int(i)) for i in (start + at[0], *at[1:]))
            self.first = f"[{index}] is {block[at]}"
        self.count += number
