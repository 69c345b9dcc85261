"""Checks of the examples and latents that a user passes to a trained model."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from vaereg.contracts.data import ArraySplit, DataSpec
from vaereg.errors import DataError

ROUNDING = 1e-6
"""How far float values may lie outside the range, as a share of its width: float32 rounds."""

IMAGE_RANGES = ((0.0, 1.0), (-1.0, 1.0), (0.0, 255.0), (0.0, 65535.0))
"""The ranges that mean 0 to 255 in images, whatever type the images were stored as."""


def checked_examples(values: ArrayLike, spec: DataSpec) -> tuple[np.ndarray, bool]:
    """Examples as the model takes them, and whether a single example was given.

    Args:
        values: (n, *data) or one example (*data), as an array, a list or a tensor of any backend;
            floats within the value range, as the dataset gives them, or uint8, which is mapped to
            the value range like 8-bit data. Images of one channel may lack the channel axis.
        spec: of the data that the model was trained on.

    Returns:
        (n, *data) float32, and True if `values` was one example.

    Raises:
        DataError: for another shape or dtype, for values outside the range and for NaN.
    """
    wanted = _wanted(spec)
    array = _as_array(values, wanted)
    batch, single = _as_batch(array, spec)
    if batch.dtype == np.uint8:
        if not takes_8_bit(spec):
            raise DataError(
                f"{wanted}; got uint8 values, which have no defined scale for this data. Pass "
                "floats, as the dataset gives them."
            )
        assert spec.value_range is not None  # otherwise it takes no 8-bit values
        split = ArraySplit(batch, value_range=spec.value_range)
        return split.take(np.arange(len(batch))), single
    examples = _as_float32(batch, wanted)
    if spec.value_range is not None:
        _check_bounds(batch, spec.value_range, wanted)
    return examples, single


def checked_originals(
    values: ArrayLike, spec: DataSpec, convert: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, bool]:
    """Examples in the units of the files, as the model takes them; see `checked_examples`.

    Args:
        values: (n, *data) or one example (*data): numbers of any type.
        spec: of the data that the model was trained on.
        convert: turns values in the units of the files into values as the dataset gives them.

    Raises:
        DataError: for another shape or dtype, for values outside the range and for NaN.
    """
    bounds = spec.original_range or spec.value_range
    within = "" if bounds is None else " from {:g} to {:g}, as in the files,".format(*bounds)
    wanted = f"examples must be numbers{within} {_of_shape(spec)}"
    batch, single = _as_batch(_as_array(values, wanted), spec)
    if batch.dtype.kind == "b" and bounds is not None and tuple(bounds) != (0.0, 1.0):
        raise DataError(f"{wanted}; got booleans, which have no scale there.")
    if batch.dtype.kind in "iub":
        batch = batch.astype(np.float64)
    _as_float32(batch, wanted)
    if bounds is not None:
        _check_bounds(batch, bounds, wanted)
    examples = np.asarray(convert(batch), np.float32)
    if spec.value_range is not None:
        examples = np.clip(examples, *spec.value_range)
    return examples, single


def checked_latents(values: ArrayLike, latent_shape: tuple[int, ...]) -> tuple[np.ndarray, bool]:
    """Latents (n, *latent) float32, and whether a single latent was given.

    Raises:
        DataError: for another shape, for anything but floats, and for NaN or infinite values.
    """
    wanted = (
        f"latents must be floats of shape {_batch_shape(latent_shape)}, or one latent of shape "
        f"{latent_shape}"
    )
    array = _as_array(values, wanted)
    single = array.shape == latent_shape
    batch = array[None] if single else array
    if batch.shape[1:] != latent_shape or not len(batch):
        raise DataError(f"{wanted}; got {_shape(array)}.")
    return _as_float32(batch, wanted), single


def takes_8_bit(spec: DataSpec) -> bool:
    """Whether uint8 values have a meaning for this data: the levels 0 to 255 of its value range.

    They have none where images have a range of their own, such as 0 to 16.
    """
    if spec.value_range is None:
        return False
    stored = tuple(spec.original_range or spec.value_range)
    return spec.levels == 256 or (
        spec.levels != 2 and spec.form == "image" and stored in IMAGE_RANGES
    )


def _check_bounds(batch: np.ndarray, bounds: tuple[float, float], wanted: str) -> None:
    low, high = bounds
    slack = ROUNDING * (high - low)
    least, largest = float(batch.min()), float(batch.max())
    if least < low - slack or largest > high + slack:
        raise DataError(f"{wanted}; got values from {least:g} to {largest:g}.")


def _as_array(values: object, wanted: str) -> np.ndarray:
    """The values as a numpy array."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise DataError(f"{wanted}; got an array with masked values.")
    try:
        array = np.asarray(_on_host(values))
    except Exception as error:  # a tensor's exceptions differ by backend
        if isinstance(values, list | tuple):
            raise DataError(
                f"{wanted}; got a {type(values).__name__} whose items do not form an array."
            ) from error
        raise DataError(
            f"{wanted}; got a {type(values).__name__}, which numpy cannot convert to an array."
        ) from error
    if array.ndim == 0 and array.dtype.kind in "OSUV":
        came = "None" if values is None else f"a {type(values).__name__}"
        raise DataError(f"{wanted}; got {came}.")
    if array.dtype.name == "bfloat16":  # a type that numpy itself does not have
        array = array.astype(np.float32)
    return array


def _on_host(values: object) -> object:
    """A PyTorch tensor without its gradient, in host memory; anything else unchanged."""
    if isinstance(values, list | tuple):
        return [_on_host(each) for each in values] if _has_tensors(values) else values
    if not hasattr(values, "detach"):
        return values
    tensor = values.detach().cpu()
    return tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor


def _has_tensors(values: list[object] | tuple[object, ...]) -> bool:
    return bool(values) and hasattr(values[0], "detach")


def _as_float32(batch: np.ndarray, wanted: str) -> np.ndarray:
    if not np.issubdtype(batch.dtype, np.floating):
        raise DataError(f"{wanted}; got dtype {batch.dtype}.")
    if not np.isfinite(batch).all():
        raise DataError(f"{wanted}; got NaN or infinite values.")
    with np.errstate(over="ignore"):
        values = batch.astype(np.float32)
    if not np.isfinite(values).all():
        raise DataError(f"{wanted}; got values that are too large for float32.")
    return values


def _as_batch(array: np.ndarray, spec: DataSpec) -> tuple[np.ndarray, bool]:
    shape = spec.shape
    if array.shape == shape:
        return array[None], True
    # Grey images often lack the channel axis. Without it, a 1 x 1 image could also be a batch.
    grey = spec.form == "image" and shape[-1] == 1 and spec.dimensions > 1
    if grey and array.shape == shape[:-1]:
        return array[None, ..., None], True
    if grey and array.ndim == len(shape) and array.shape[1:] == shape[:-1] and len(array):
        return array[..., None], False
    if array.ndim == len(shape) + 1 and array.shape[1:] == shape and len(array):
        return array, False
    raise DataError(f"{_wanted(spec)}; got {_shape(array)}.")


def _shape(array: np.ndarray) -> str:
    return f"shape {array.shape}" + (", which is empty" if not array.size else "")


def _wanted(spec: DataSpec) -> str:
    within = ""
    if spec.value_range is not None:
        within = " from {:g} to {:g}".format(*spec.value_range)
    eight = ", or uint8 from 0 to 255," if takes_8_bit(spec) else ""
    return f"examples must be floats{within}{eight} {_of_shape(spec)}"


def _of_shape(spec: DataSpec) -> str:
    return f"of shape {_batch_shape(spec.shape)}, or one example of shape {spec.shape}"


def _batch_shape(shape: tuple[int, ...]) -> str:
    return f"(n, {', '.join(map(str, shape))})"
