"""Both ends of an image decoder: the latent to the first grid, and features to outputs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import keras

import vaereg
from vaereg.basics.layers.initializers import kernel_initializer
from vaereg.basics.layers.narrow_convolution import NarrowConvolution
from vaereg.basics.layers.stages import require_stages

if TYPE_CHECKING:
    from vaereg.basics.layers.network_params import ImageNetworkParams


def first_grid(image: tuple[int, ...], stages: int) -> tuple[int, int]:
    """The height and width of the smallest grid that `stages` doublings enlarge to `image`."""
    scale = 2**stages
    return math.ceil(image[0] / scale), math.ceil(image[1] / scale)


def from_latent(
    params: ImageNetworkParams, context: vaereg.BuildContext
) -> list[keras.layers.Layer]:
    """Layers z (B, *latent) -> features (B, h, w, params.widths[0]), linear.

    Raises:
        ValueError: if params.widths is empty, or the positions of a spatial latent are not those of
            the grid.
    """
    stages = require_stages(params)
    latent, width = tuple(context.latent_shape), params.widths[0]
    height, breadth = first_grid(context.data_spec.shape, stages)

    def dense(units: int) -> keras.layers.Layer:
        start = kernel_initializer(params.activation)
        return keras.layers.Dense(units, kernel_initializer=start, name="from_latent")

    if len(latent) == 1:
        return [
            dense(height * breadth * width),
            keras.layers.Reshape((height, breadth, width), name="to_grid"),
        ]
    if len(latent) != 3 or latent[:2] != (height, breadth):
        depth = latent[-1] if latent else 8
        image = "x".join(str(size) for size in context.data_spec.shape[:2])
        raise ValueError(
            f"the latent shape {list(latent)} does not fit: with {stages} stage(s) (widths = "
            f"{list(params.widths)}) a decoder of {image} images starts from {height}x{breadth}. "
            f"latent = [{height}, {breadth}, {depth}] fits, and so does a plain number."
        )
    return [dense(width)]  # position by position


def to_outputs(
    params: ImageNetworkParams, context: vaereg.BuildContext
) -> list[keras.layers.Layer]:
    """Layers (B, h 2^n, w 2^n, ·) -> outputs (B, H, W, channels): cropped evenly, then projected.

    The projection is in float32 and without activation, since its outputs are the likelihood's
    parameters.
    """
    assert context.channels is not None  # a decoder is built after its likelihood
    height, breadth = context.data_spec.shape[:2]
    grid = first_grid(context.data_spec.shape, len(params.widths))
    over = [
        g * 2 ** len(params.widths) - size for g, size in zip(grid, (height, breadth), strict=True)
    ]
    crop = [(extra // 2, extra - extra // 2) for extra in over]
    layers = [
        NarrowConvolution(
            context.channels,
            3,
            kernel_initializer=kernel_initializer("linear"),
            name="outputs",
            dtype="float32",
        )
    ]
    if any(over):
        cropped = keras.layers.Cropping2D(crop, data_format="channels_last", name="crop")
        layers.insert(0, cropped)
    return layers
