"""What is told before training: values that the likelihood cannot take, and a disk that is full."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np

from vaereg.contracts.data import ArraySplit, Data, Split
from vaereg.errors import DataError, RunError
from vaereg.host.memory import size

CHUNK = 4096
"""Examples that are looked at together."""

TOLERANCE = 1e-5
"""By what share of its width a range may be left: 8-bit values that were scaled and back."""


def check_data(data: Data, likelihood: Any, likelihood_name: str = "") -> None:
    """Looks for values that are not finite or that the likelihood gives no probability.

    Data in memory is looked at whole; of data on disk the first and the last examples, the others
    when they are fed.

    Raises:
        DataError: with the split, the index and the value.
    """
    support = getattr(likelihood, "support", None)
    for name, split in (("training", data.train), ("validation", data.validation)):
        if split is None or not len(split):
            continue
        for positions in _positions(split):
            check_values(split.take(positions), positions, name, support, likelihood_name)


def check_values(
    values: np.ndarray,
    positions: np.ndarray,
    split: str,
    support: tuple[float, float] | None,
    likelihood: str = "",
) -> None:
    """Checks examples (n, *data) at these positions of a split.

    Raises:
        DataError: naming the first example at fault and its value.
    """
    finite = np.isfinite(values)
    if not finite.all():
        where = np.argwhere(~finite)
        raise DataError(
            f"{_named(split, positions, where, values)} is not finite; "
            f"{len(np.unique(where[:, 0]))} of the {len(values)} examples looked at hold such "
            "values.\nClean the data, or leave those examples out."
        )
    if support is None:
        return
    low, high = support
    slack = TOLERANCE * (high - low)
    outside = (values < low - slack) | (values > high + slack)
    if outside.any():
        where = np.argwhere(outside)
        raise DataError(
            f"{_named(split, positions, where, values)} is outside [{low:g}, {high:g}], where the "
            f"likelihood {likelihood!r} gives no probability.\n"
            f"The values go from {values.min():g} to {values.max():g}; scale the data, or choose a "
            "likelihood for any value, such as gaussian_optimal_variance."
        )


def check_disk(folder: Path, state_bytes: int) -> None:
    """Tells of a disk that cannot hold the checkpoints of a run.

    Args:
        folder: where the run will be; need not exist yet.
        state_bytes: the size of everything that a checkpoint holds.

    Raises:
        RunError: with what is free and what is needed.
    """
    # last and best, one of them twice while it is written, and the final weights
    needed = 4 * state_bytes + 2**20
    existing = folder.absolute()
    while not existing.exists():
        existing = existing.parent
    free = shutil.disk_usage(existing).free
    if free < needed:
        raise RunError(
            f"{existing} has {size(free)} free; this run needs about {size(needed)} for its "
            "checkpoints and weights.\nFree space, or choose another folder with --out."
        )


def _positions(split: Split) -> list[np.ndarray]:
    size = len(split)
    if isinstance(split, ArraySplit):
        return [np.arange(start, min(start + CHUNK, size)) for start in range(0, size, CHUNK)]
    return [np.unique(np.r_[0 : min(32, size), max(size - 32, 0) : size])]


def _named(split: str, positions: np.ndarray, where: np.ndarray, values: np.ndarray) -> str:
    first = where[0]
    inside = ", ".join(str(each) for each in first[1:])
    value = values[tuple(first)]
    return f"{split} example {positions[first[0]]}: the value {value:g} at [{inside}]"
