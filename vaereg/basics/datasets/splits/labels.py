"""Class labels of any type as class numbers 0, 1, 2, …."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

import vaereg

EXACT = 2**53
"""Up to here a float holds every whole number."""


@attrs.frozen(eq=False)
class Labels:
    """Class numbers 0 … len(names) - 1, int64 (n,), and the names of the classes."""

    codes: np.ndarray
    names: tuple[str, ...]


def plain_labels(values: np.ndarray, source: object) -> np.ndarray:
    """Labels (n,) as integers, booleans or text.

    Args:
        values: (n,) or (n, 1): integers, booleans, whole floats or text.
        source: the file and array, for the message.

    Raises:
        vaereg.DataError: for other shapes and types, and for values that are measurements rather
            than classes.
    """
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise vaereg.DataError(
            f"{source}: labels have shape {values.shape}; allowed is (n,), one label per example. "
            "Turn one-hot labels into numbers with argmax."
        )
    if values.dtype.kind == "f":
        whole = np.isfinite(values) & (values == np.round(values))
        if not whole.all():
            first = values[np.argmin(whole)]
            raise vaereg.DataError(
                f"{source}: labels must be classes (whole numbers or text); got {first!s}. "
                "A measured quantity belongs among the data, not the labels."
            )
        if np.abs(values).max(initial=0) > EXACT:
            at = int(np.argmax(np.abs(values) > EXACT))
            raise vaereg.DataError(
                f"{source}: label {values[at]:g} is a float beyond 2**53, where different whole "
                "numbers are equal; save the labels as integers or text"
            )
        values = values.astype(np.int64)
    if values.dtype.kind not in "iubUS":
        raise vaereg.DataError(
            f"{source}: labels have type {values.dtype}; allowed are integers, booleans and text"
        )
    if values.dtype.kind == "S":
        values = np.char.decode(values, "utf-8", "backslashreplace")  # distinct ones stay distinct
    return values


def joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Plain labels of several parts as one array, in which different ones stay different.

    numpy turns signed and unsigned integers into floats, which merge labels beyond 2**53.
    """
    together = np.concatenate(parts)
    if together.dtype.kind != "f":
        return together
    return np.array([str(each) for part in parts for each in part.tolist()])


def encode_labels(values: np.ndarray, source: object) -> Labels:
    """Numbers the distinct values in ascending order: whole numbers by value, text alphabetically.

    Args:
        values: (n,) or (n, 1): integers, booleans, whole floats or text.
        source: the file and array, for the message.

    Raises:
        vaereg.DataError: for other shapes, and for values that are measurements rather than
            classes.
    """
    values = plain_labels(values, source)
    distinct, codes = np.unique(values, return_inverse=True)
    return Labels(codes.astype(np.int64), tuple(str(value) for value in distinct))
