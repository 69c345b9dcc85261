"""Training data converted to the scale on which examples are evaluated."""

from __future__ import annotations

import numpy as np

import vaereg


def on_evaluated_scale(values: np.ndarray, data: vaereg.DataSpec) -> np.ndarray:
    """Maps images from their value range to [0, 1], quantized to 8 bits; keeps other data as it is.

    Returns float32 of the same shape.

    Raises:
        vaereg.DataError: for images without a value range.
    """
    if data.form != "image":
        return np.asarray(values, dtype=np.float32)
    if data.value_range is None:
        raise vaereg.DataError(
            "these images have no value range, so they cannot be scaled to [0, 1] for a feature "
            "extractor. Give the dataset a value range."
        )
    low, high = data.value_range
    share = np.clip((np.asarray(values, dtype=np.float32) - low) / (high - low), 0.0, 1.0)
    rounded: np.ndarray = (np.round(share * 255.0) / np.float32(255.0)).astype(np.float32)
    return rounded
