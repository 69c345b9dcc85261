"""One pass over an array of any size for its hash, its range and values that are not finite."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import attrs
import numpy as np

import vaereg

BLOCK = 32 * 2**20
"""The number of bytes to read at once."""


@attrs.frozen(kw_only=True)
class Scan:
    """The result of a pass over an array.

    Args:
        content: the sha256 of type, shape and values.
        low, high: the smallest and the largest value.
    """

    content: str
    low: float
    high: float


def scan(values: np.ndarray, source: str) -> Scan:
    """Reads `values` (n, …), n > 0, in blocks of 32 MiB.

    Raises:
        vaereg.DataError: for values that are NaN, infinite or too large for float32, with their
            number and the index of the first.
    """
    content = hashlib.sha256(f"{values.dtype.str} {values.shape}".encode())
    low, high = np.inf, -np.inf
    bad, first = 0, ""
    for start, block in blocks(values):
        content.update(block.data)
        if block.dtype.kind == "f":
            with np.errstate(over="ignore"):  # overflow becomes infinite and is found
                good = np.isfinite(block.astype(np.float32, copy=False))
            if not good.all():
                if not bad:
                    at = np.unravel_index(int(np.argmin(good)), block.shape)
                    index = ", ".join(str(int(i)) for i in (start + at[0], *at[1:]))
                    first = f"[{index}] is {block[at]}"
                bad += int(good.size - np.count_nonzero(good))
                continue
        low, high = min(low, float(block.min())), max(high, float(block.max()))
    if bad:
        raise vaereg.DataError(
            f"{source}: {bad} of {values.size} values are NaN, infinite or beyond float32; "
            f"the first: {first}. Repair or leave out these examples."
        )
    return Scan(content=content.hexdigest(), low=low, high=high)


def blocks(values: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Yields contiguous blocks of `values` with their start positions."""
    rows = max(1, BLOCK // max(1, values[0].nbytes))
    for start in range(0, len(values), rows):
        yield start, np.ascontiguousarray(values[start : start + rows])
