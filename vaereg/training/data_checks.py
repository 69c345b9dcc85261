"""Checks before a training: wrong values, too few held-out examples, and a full disk."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from vaereg.contracts.data import Data, Split, held_in_memory
from vaereg.contracts.evidence import LEAST_HELD_OUT
from vaereg.contracts.likelihood import Likelihood
from vaereg.errors import DataError, RunError
from vaereg.host.memory import size

CHUNK = 4096
"""How many examples are checked at a time."""

TOLERANCE = 1e-5
"""How far outside the range a value may lie, as a share of the width of the range: scaling rounds
values."""


def check_data(data: Data, likelihood: Likelihood, likelihood_name: str = "") -> None:
    """Checks that all values are finite and have a probability under the likelihood.

    Data in memory is checked completely. Of data on disk, only the first and the last examples are
    checked now; the others are checked when they are read.

    Raises:
        DataError: naming the split, the example and the value.
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
    split: str | None,
    support: tuple[float, float] | None,
    likelihood: str = "",
) -> None:
    """Checks examples.

    Args:
        values: the examples, (n, *data).
        positions: where they are in their split, (n,).
        split: its name for the error; None if it is not known.
        support: the range that the likelihood allows; None for any value.
        likelihood: its name for the error.

    Raises:
        DataError: naming the first wrong example and its value.
    """
    finite = np.isfinite(values)
    if not finite.all():
        where = np.argwhere(~finite)
        raise DataError(
            f"{_first_value(split, positions, where, values)} is not finite; "
            f"{len(np.unique(where[:, 0]))} of the {len(values)} examples checked have such "
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
            f"{_first_value(split, positions, where, values)} is outside [{low:g}, {high:g}], the "
            f"range of the likelihood {likelihood!r}.\n"
            f"The values range from {values.min():g} to {values.max():g}. Scale the data, or "
            "choose a likelihood that allows any value, such as gaussian_optimal_variance."
        )


def too_few_to_evaluate(data: Data) -> str:
    """Says that a model of this data cannot be evaluated; empty if it can be.

    An evaluation uses the test split, or the validation split where there is no test split.
    """
    splits = (("test", data.test), ("validation", data.validation))
    found = [(name, len(split)) for name, split in splits if split is not None and len(split)]
    name, count = found[0] if found else ("test", 0)
    if count >= LEAST_HELD_OUT:
        return ""
    return (
        f"the {name} split has {count} examples, too few to evaluate the trained model: an "
        f"evaluation needs at least {LEAST_HELD_OUT}. Give the dataset a larger {name} share."
    )


def check_disk(folder: Path, state_bytes: int) -> None:
    """Checks that the disk can hold the checkpoints of a run.

    Args:
        folder: where the run will be; it need not exist yet.
        state_bytes: the size of everything that a checkpoint holds.

    Raises:
        RunError: naming the free and the needed space.
    """
    # last and best, a second copy of one of them while it is written, and the final weights
    needed = 4 * state_bytes + 2**20
    existing = folder.absolute()
    while not existing.exists():
        existing = existing.parent
    free = shutil.disk_usage(existing).free
    if free < needed:
        raise RunError(
            f"{existing} has {size(free)} free; this run needs about {size(needed)} for its "
            "checkpoints and weights.\nFree space, or keep the runs in another folder."
        )


def _positions(split: Split) -> list[np.ndarray]:
    size = len(split)
    if held_in_memory(split):
        return [np.arange(start, min(start + CHUNK, size)) for start in range(0, size, CHUNK)]
    return [np.unique(np.r_[0 : min(32, size), max(size - 32, 0) : size])]


def _first_value(
    split: str | None, positions: np.ndarray, where: np.ndarray, values: np.ndarray
) -> str:
    """The first of the values at `where`, with its example, such as "training example 17: ..."."""
    first = where[0]
    example = f"{split} example" if split is not None else "example"
    inside = ", ".join(str(each) for each in first[1:])
    value = values[tuple(first)]
    return f"{example} {positions[first[0]]}: the value {value:g} at [{inside}]"
