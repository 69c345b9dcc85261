"""The units of examples that a trained model takes and gives: the model's own, or the files'."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from vaereg.contracts.data import Data, DataSpec
from vaereg.errors import DataError, UsageError
from vaereg.trained.checked_values import checked_examples, checked_originals

MODEL, ORIGINAL = "model", "original"


def taken_examples(
    x: ArrayLike, units: str, spec: DataSpec, data: Callable[[], Data]
) -> tuple[np.ndarray, bool]:
    """Examples as the model takes them, and whether a single one was given.

    Args:
        x: (n, *data) or one example (*data).
        units: "model" for values as the dataset gives them, or "original" for those of the files.
        spec: of the data that the model was trained on.
        data: reads the data; called only if the conversion depends on more than the spec.

    Raises:
        DataError: for a shape, dtype or value that the model does not take.
        UsageError: for other units.
    """
    check_units(units)
    if units == MODEL:
        return checked_examples(x, spec)
    if spec.original_range is not None:
        return checked_originals(x, spec, spec.from_original)
    known = data()
    if known.to_display is None:
        return checked_originals(x, spec, np.asarray)
    if known.from_display is None:
        raise DataError(
            'units = "original": this data cannot be converted from the units of its files, since '
            "its dataset has no from_display. Pass examples as the dataset gives them."
        )
    return checked_originals(x, spec, known.from_display)


def given_examples(
    examples: np.ndarray, units: str, spec: DataSpec, data: Callable[[], Data]
) -> np.ndarray:
    """Examples (n, *data) of the model in the units that the caller wants; see `taken_examples`."""
    check_units(units)
    if units == MODEL:
        return examples
    if spec.original_range is not None:
        return spec.to_original(examples)
    return data().in_original_units(examples)


def check_units(units: str) -> None:
    """Raises UsageError if these are no units."""
    if units not in (MODEL, ORIGINAL):
        raise UsageError(f'units must be "{MODEL}" or "{ORIGINAL}"; got {units!r}')
