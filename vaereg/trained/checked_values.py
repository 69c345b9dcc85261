"""Examples and latents that a person hands to a trained model, checked before they are used."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from vaereg.contracts.data import ArraySplit, DataSpec
from vaereg.errors import DataError

ROUNDING = 1e-6
"""How far float values may lie outside the range, as a share of it: float32 rounds."""


def checked_examples(values: ArrayLike, spec: DataSpec) -> tuple[np.ndarray, bool]:
    """Examples as the model takes them, and whether one example came without a batch axis.

    Args:
        values: (n, *data) or one example (*data); floats within the value range as the dataset
            hands them out, or uint8, which is mapped to the value range as 8-bit data is. Images
            of one channel may come without the channel axis.
        spec: of the data that the model was trained on.

    Returns:
        (n, *data) float32, and True where `values` was one example.

    Raises:
        DataError: for another shape or dtype, for values outside the range and for NaN.
    """
    array = np.asarray(values)
    batch, single = _as_batch(array, spec)
    if batch.dtype == np.uint8:
        if not takes_8_bit(spec):
            raise DataError(
                f"{_wanted(spec)}; got uint8 values. What they mean here is not known: give floats "
                "as the dataset hands them out."
            )
        assert spec.value_range is not None  # otherwise it takes no 8-bit values
        split = ArraySplit(batch, value_range=spec.value_range)
        return split.take(np.arange(len(batch))), single
    if not np.issubdtype(batch.dtype, np.floating):
        raise DataError(f"{_wanted(spec)}; got dtype {array.dtype}.")
    if not np.isfinite(batch).all():
        raise DataError(f"{_wanted(spec)}; got NaN or infinite values.")
    if spec.value_range is not None:
        low, high = spec.value_range
        slack = ROUNDING * (high - low)
        least, largest = float(batch.min()), float(batch.max())
        if least < low - slack or largest > high + slack:
            raise DataError(f"{_wanted(spec)}; got values from {least:g} to {largest:g}.")
    return batch.astype(np.float32), single


def checked_latents(values: ArrayLike, latent_shape: tuple[int, ...]) -> tuple[np.ndarray, bool]:
    """Latents (n, *latent) float32, and whether one latent came without a batch axis.

    Raises:
        DataError: for another shape, for anything but floats, and for NaN or infinite values.
    """
    array = np.asarray(values)
    wanted = (
        f"latents must be floats of shape {_batch_shape(latent_shape)}, or one latent of shape "
        f"{latent_shape}"
    )
    single = array.shape == latent_shape
    batch = array[None] if single else array
    if batch.shape[1:] != latent_shape or not len(batch):
        raise DataError(f"{wanted}; got shape {array.shape}.")
    if not np.issubdtype(batch.dtype, np.floating):
        raise DataError(f"{wanted}; got dtype {array.dtype}.")
    if not np.isfinite(batch).all():
        raise DataError(f"{wanted}; got NaN or infinite values.")
    return batch.astype(np.float32), single


def takes_8_bit(spec: DataSpec) -> bool:
    """Whether uint8 values have one meaning for this data: levels 0 to 255 of its value range."""
    if spec.value_range is None:
        return False
    return spec.levels == 256 or (spec.levels is None and spec.form == "image")


def _as_batch(array: np.ndarray, spec: DataSpec) -> tuple[np.ndarray, bool]:
    shape = spec.shape
    if array.shape == shape:
        return array[None], True
    # A grey image is often kept without its channel. A single pixel could be a batch as well.
    grey = spec.form == "image" and shape[-1] == 1 and spec.dimensions > 1
    if grey and array.shape == shape[:-1]:
        return array[None, ..., None], True
    if grey and array.ndim == len(shape) and array.shape[1:] == shape[:-1] and len(array):
        return array[..., None], False
    if array.ndim == len(shape) + 1 and array.shape[1:] == shape and len(array):
        return array, False
    raise DataError(f"{_wanted(spec)}; got shape {array.shape}.")


def _wanted(spec: DataSpec) -> str:
    within = ""
    if spec.value_range is not None:
        within = " from {:g} to {:g}".format(*spec.value_range)
    eight = ", or uint8 from 0 to 255," if takes_8_bit(spec) else ""
    return (
        f"examples must be floats{within}{eight} of shape {_batch_shape(spec.shape)}, or one "
        f"example of shape {spec.shape}"
    )


def _batch_shape(shape: tuple[int, ...]) -> str:
    return f"(n, {', '.join(map(str, shape))})"
