"""The check of whole numbers that a caller passes."""

from __future__ import annotations

import operator

import numpy as np

from vaereg.errors import UsageError


def whole_number(name: str, value: object, least: int, most: int | None = None) -> int:
    """The value as an int; numpy integers are accepted too.

    Args:
        name: of the parameter, for the error.
        value: as the caller passed it.
        least, most: the range, ends included; None for no upper end.

    Raises:
        UsageError: for a bool or anything else that is not a whole number, or outside the range.
    """
    try:
        # NumPy before 2 takes np.True_ for an index.
        truth = isinstance(value, bool | np.bool_)
        number = None if truth else operator.index(value)  # type: ignore[arg-type]  # else raises
    except TypeError:
        number = None
    if number is None or number < least or (most is not None and number > most):
        within = f"of at least {least}" if most is None else f"from {least} to {most}"
        raise UsageError(f"{name} must be a whole number {within}; got {value!r}")
    return number
