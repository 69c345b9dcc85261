"""How stored values become examples of a trained model, if they have the range of its training."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

import vaereg
from vaereg.basics.datasets.splits.scaling import Scaling
from vaereg.basics.datasets.splits.stored_range import BY_BITS, SLACK, UNIT

EIGHT_BITS = (UNIT, (-1.0, 1.0), (0.0, 255.0), (0.0, 65535.0))
"""The ranges of images beside which bytes have a meaning: 0 is black and 255 is white."""


def scaling_of_run(
    spec: vaereg.DataSpec,
    dtype: np.dtype,
    low: float,
    high: float,
    are_whole: Callable[[], bool],
    source: str,
    *,
    is_given: bool = False,
) -> Scaling:
    """The scaling of values that are stored as those of the training were.

    Bytes are images wherever the training images lay in a usual range. Floats in [0, 1] are not
    taken for those of a wider range, in which they would all be black.

    Args:
        spec: of the data of the training.
        dtype: of the stored values.
        low, high: the smallest and the largest of them.
        are_whole: whether all of them are whole numbers; called only if that matters.
        source: the file and array, for messages.
        is_given: whether the declaration gives the range, and so what the values mean.

    Raises:
        vaereg.DataError: for another range, saying which the training had.
    """
    stored = spec.original_range or spec.value_range
    if stored is None:
        return Scaling()
    is_byte = dtype == np.dtype(np.uint8) and spec.form == "image" and spec.levels != 2
    if is_byte and not is_given and tuple(stored) in EIGHT_BITS:
        return _from(BY_BITS[np.dtype(np.uint8)], spec)
    slack = SLACK * (stored[1] - stored[0])
    fits = stored[0] - slack <= low and high <= stored[1] + slack
    if fits and spec.form == "image" and not is_given:
        bits = BY_BITS.get(dtype.newbyteorder("="), stored)
        top = stored[1] if tuple(stored) != (-1.0, 1.0) else 0.0
        fits = tuple(bits) == tuple(stored) and not (
            top > 1 and dtype.kind == "f" and 0 < high <= 1 + SLACK and not are_whole()
        )
    if not fits:
        raise vaereg.DataError(
            f"{source}: values from {low:g} to {high:g}, stored as {dtype}; the run was trained on "
            f"{spec.in_words}. Save the examples with the values that they have there."
        )
    clip = (low < stored[0] or high > stored[1]) and spec.value_range
    return _from(stored, spec, clip or None)


def _from(
    stored: tuple[float, float],
    spec: vaereg.DataSpec,
    clip: tuple[float, float] | None = None,
) -> Scaling:
    bottom, top = spec.value_range or stored
    if (bottom, top) == tuple(stored):
        return Scaling(clip=clip)
    low, high = stored
    factor = (top - bottom) / (high - low)
    return Scaling(factor=factor, offset=bottom - low * factor, clip=clip)
