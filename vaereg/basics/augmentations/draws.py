"""Random numbers for the examples of a batch, and images whose rows and columns are moved."""

from __future__ import annotations

import keras
from keras import ops

import vaereg


def uniform(values: vaereg.Tensor, count: int, seed: vaereg.Seed) -> list[vaereg.Tensor]:
    """`count` tensors (B,), each with one number in [0, 1) for each example, from one draw."""
    drawn = keras.random.uniform((count, ops.shape(values)[0]), dtype="float32", seed=seed)
    return list(ops.unstack(drawn, num=count))


def for_each(numbers: vaereg.Tensor, values: vaereg.Tensor) -> vaereg.Tensor:
    """Numbers (B,) as a tensor (B, 1, ..., 1) that multiplies values (B, ...)."""
    return ops.reshape(numbers, (-1, *(1 for _ in values.shape[1:])))


def along(values: vaereg.Tensor, axis: int) -> vaereg.Tensor:
    """Values (B, n), one for each row (axis 1) or column (axis 2) of images (B, H, W, C)."""
    length = values.shape[1]
    return ops.reshape(values, (-1, length, 1, 1) if axis == 1 else (-1, 1, length, 1))


def taken(images: vaereg.Tensor, places: vaereg.Tensor, axis: int) -> vaereg.Tensor:
    """Rows or columns of each image (B, H, W, C), at its own whole places (B, n)."""
    return ops.take_along_axis(images, along(ops.cast(places, "int32"), axis), axis=axis)


def image_shape(context: vaereg.BuildContext) -> tuple[int, int, int]:
    """Height, width and channels of the images.

    Raises:
        ValueError: if the data are no images, naming their shape.
    """
    spec = context.data_spec
    if spec.form != "image" or len(spec.shape) != 3:
        raise ValueError(
            f"it needs images of shape (height, width, channels); this is {spec.form} data of "
            f"shape {spec.shape}"
        )
    height, width, channels = spec.shape
    return height, width, channels


def lowest(context: vaereg.BuildContext) -> float:
    """The lowest value of the data, such as black; 0 for data without a range."""
    return context.data_spec.value_range[0] if context.data_spec.value_range else 0.0
