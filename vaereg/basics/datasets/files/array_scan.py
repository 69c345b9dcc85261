"""One pass over an array of any size for its hash, its extremes and values that cannot be used."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import attrs
import numpy as np

import vaereg
from vaereg.basics.datasets.files.array_file import Rows
from vaereg.basics.datasets.splits.equal_examples import example_hashes

BLOCK = 32 * 2**20
"""The number of bytes to read at once."""

EXACT = 2**24
"""Up to here float32 holds every whole number."""

STEPS = 500
"""A column with fewer steps of float32 between its smallest and largest value is told."""

MASKED = {"f": (1e20, float(np.float32(1e20))), "i": (999_999,), "u": (999_999,)}
"""What the masked values of an array become when numpy fills it, by the kind of its type."""


@attrs.frozen(kw_only=True, eq=False)
class Scan:
    """The result of a pass over an array.

    Args:
        content: the sha256 of type, shape and values.
        lows, highs: (n,) the smallest and the largest value of each example, float64.
        hashes: (n,) a hash of each example.
        notes: what a user should know about the values, one sentence each.
        rounded: what becomes of values that float32 cannot hold, if they are not scaled.
    """

    content: str
    lows: np.ndarray
    highs: np.ndarray
    hashes: np.ndarray
    notes: tuple[str, ...] = ()
    rounded: tuple[str, ...] = ()


def scan(values: Rows, source: str, share: Callable[[float], None]) -> Scan:
    """Reads `values` (n, …), n > 0, in blocks of 32 MiB.

    Args:
        values: the examples.
        source: the file and array, for messages.
        share: is called with the share of the examples that are read.

    Raises:
        vaereg.DataError: for values that are NaN, infinite or too large for float32, with their
            number and the index of the first.
    """
    content = hashlib.sha256(f"{values.dtype.str} {values.shape}".encode())
    lows, highs = np.empty(len(values)), np.empty(len(values))
    hashes = np.empty(len(values), np.uint64)
    bad, rounding = _Count(), _Rounding(values)
    for start, block in blocks(values):
        end = start + len(block)
        content.update(block.data)
        if block.dtype.kind == "f":
            with np.errstate(over="ignore", under="ignore"):  # found and counted here
                bad.add(~np.isfinite(block.astype(np.float32, copy=False)), block, start)
        rounding.add(block, start)
        rows = block.reshape(len(block), -1)
        lows[start:end] = rows.min(axis=1)
        highs[start:end] = rows.max(axis=1)
        hashes[start:end] = example_hashes(block)
        share(end / len(values))
    if bad.count:
        raise vaereg.DataError(
            f"{source}: {bad.count} of {values.size} values are NaN, infinite or beyond float32; "
            f"the first: {bad.first}. Repair or leave out these examples."
        )
    return Scan(
        content=content.hexdigest(),
        lows=lows,
        highs=highs,
        hashes=hashes,
        notes=tuple(_masked(values, float(highs.max()), source)),
        rounded=tuple(rounding.notes(source)),
    )


def _masked(values: Rows, highest: float, source: str) -> list[str]:
    """A note on values that numpy may have written for masked ones.

    Raises:
        vaereg.DataError: if these values can mean nothing else.
    """
    if highest not in MASKED.get(values.dtype.kind, ()):
        return []
    count, first = outside(values, -np.inf, 0.99 * highest)
    text = (
        f"{source}: {count} of {values.size} values are {highest:g}, which numpy writes for masked "
        f"values; the first: {first}."
    )
    if values.dtype.kind == "f":
        raise vaereg.DataError(f"{text} Fill them in or leave out these examples.")
    return [f"{text} If they are masked, fill them in or leave out these examples."]


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


class _Rounding:
    """Counts what is lost when values become float32 as they are."""

    def __init__(self, values: Rows) -> None:
        self._kind, self._size = values.dtype.kind, values.size
        self._wide = values.dtype.itemsize > (4 if self._kind == "f" else 2)
        self._tiny, self._whole = _Count(), _Count()
        self._low = np.full(values.shape[-1], np.inf)
        self._high = np.full(values.shape[-1], -np.inf)

    def add(self, block: np.ndarray, start: int) -> None:
        """Adds a block, which starts at an example."""
        if not self._wide:
            return
        if self._kind == "f":
            smallest = float(np.finfo(np.float32).tiny)
            self._tiny.add((np.abs(block) < smallest) & (block != 0), block, start)
            columns = block.reshape(-1, block.shape[-1])
            self._low = np.minimum(self._low, columns.min(axis=0))
            self._high = np.maximum(self._high, columns.max(axis=0))
        elif block.max() > EXACT or block.min() < -EXACT:
            with np.errstate(invalid="ignore"):  # the largest may be rounded beyond their type
                back = block.astype(np.float32).astype(block.dtype)
            self._whole.add(back != block, block, start)

    def notes(self, source: str) -> list[str]:
        """A sentence for each loss."""
        notes = []
        if self._tiny.count:
            notes.append(
                f"{source}: {self._tiny.count} of {self._size} values are too small for float32 "
                f"and become 0; the first: {self._tiny.first}. Save the values multiplied by a "
                "constant to keep them."
            )
        if self._whole.count:
            notes.append(
                f"{source}: {self._whole.count} of {self._size} whole numbers are rounded to the "
                f"24 bits of float32; the first: {self._whole.first}. Set standardize = true or "
                "value_range to scale vectors and series before they are rounded."
            )
        with np.errstate(invalid="ignore", over="ignore"):
            step = np.maximum(np.abs(self._low), np.abs(self._high)) * 2.0**-24
            spread = self._high - self._low
            coarse = np.flatnonzero((spread > 0) & (spread < STEPS * step))
        if len(coarse):
            at = coarse[0]
            notes.append(
                f"{source}: {len(coarse)} of {len(step)} columns vary by little beside their size "
                f"and lose digits in float32, such as column {at + 1}, whose values lie between "
                f"{float(self._low[at])!r} and {float(self._high[at])!r}. Set standardize = true, "
                "or subtract a constant."
            )
        return notes
