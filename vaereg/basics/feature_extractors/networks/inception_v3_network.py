"""The Inception network of the FID literature without its classifier, as a Keras model."""

from __future__ import annotations

from collections.abc import Mapping

import keras
import numpy as np

from vaereg.basics.feature_extractors.networks.folded_convolutions import FoldedConvolutions

Step = tuple[str, int, int | tuple[int, int]]
"""One convolution of a branch: its name, its filters, its kernel."""


def inception_v3_network(tensors: Mapping[str, np.ndarray]) -> keras.Model:
    """The network with weights by torchvision's names: (n, 299, 299, 3) -> (n, 2048).

    This is the graph `inception-2015-12-05`, with which FID is measured. It differs from the
    Inception-v3 of torchvision and Keras: average pools exclude the padding from the mean, and the
    last block uses max pooling.

    Source: Szegedy et al. 2016, arXiv:1512.00567; Heusel et al. 2017, arXiv:1706.08500.

    Raises:
        vaereg.DataError: if the weights are of another network.
    """
    made = FoldedConvolutions()
    images = keras.Input((299, 299, 3), dtype="float32", name="images")
    x = _convolution(made, images, "Conv2d_1a_3x3", 32, 3, strides=2, padding="valid")
    x = _convolution(made, x, "Conv2d_2a_3x3", 32, 3, padding="valid")
    x = _convolution(made, x, "Conv2d_2b_3x3", 64, 3)
    x = _narrowed(x, "MaxPool_1")
    x = _convolution(made, x, "Conv2d_3b_1x1", 80, 1)
    x = _convolution(made, x, "Conv2d_4a_3x3", 192, 3, padding="valid")
    x = _narrowed(x, "MaxPool_2")
    for letter, pooled in (("b", 32), ("c", 64), ("d", 64)):
        x = block_a(made, x, f"Mixed_5{letter}", pooled)
    x = _block_b(made, x, "Mixed_6a")
    for letter, filters in (("b", 128), ("c", 160), ("d", 160), ("e", 192)):
        x = block_c(made, x, f"Mixed_6{letter}", filters)
    x = _block_d(made, x, "Mixed_7a")
    x = block_e(made, x, "Mixed_7b", pool="average")
    x = block_e(made, x, "Mixed_7c", pool="max")
    x = keras.layers.GlobalAveragePooling2D(
        data_format="channels_last", name="pool", dtype="float32"
    )(x)
    model = keras.Model(images, x, name="inception_v3")
    made.take(tensors, beside=("fc.", "AuxLogits."), what="the FID literature's Inception-v3")
    return model


def block_a(
    made: FoldedConvolutions, x: keras.KerasTensor, at: str, pooled: int
) -> keras.KerasTensor:
    """35 x 35: convolutions of 1, of 5 and of twice 3 pixels, and an average pool."""
    fives: tuple[Step, ...] = (("branch5x5_1", 48, 1), ("branch5x5_2", 64, 5))
    threes: tuple[Step, ...] = (
        ("branch3x3dbl_1", 64, 1),
        ("branch3x3dbl_2", 96, 3),
        ("branch3x3dbl_3", 96, 3),
    )
    return _joined(
        at,
        _branch(made, x, at, ("branch1x1", 64, 1)),
        _branch(made, x, at, *fives),
        _branch(made, x, at, *threes),
        _branch(made, _pooled(x, at, "average"), at, ("branch_pool", pooled, 1)),
    )


def _block_b(made: FoldedConvolutions, x: keras.KerasTensor, at: str) -> keras.KerasTensor:
    """From 35 to 17 pixels."""
    y = _branch(made, x, at, ("branch3x3dbl_1", 64, 1), ("branch3x3dbl_2", 96, 3))
    return _joined(
        at,
        _convolution(made, x, f"{at}.branch3x3", 384, 3, strides=2, padding="valid"),
        _convolution(made, y, f"{at}.branch3x3dbl_3", 96, 3, strides=2, padding="valid"),
        _narrowed(x, f"{at}.pool"),
    )


def block_c(
    made: FoldedConvolutions, x: keras.KerasTensor, at: str, filters: int
) -> keras.KerasTensor:
    """17 x 17: convolutions of 7 pixels, along one axis at a time."""
    once: tuple[Step, ...] = (
        ("branch7x7_1", filters, 1),
        ("branch7x7_2", filters, (1, 7)),
        ("branch7x7_3", 192, (7, 1)),
    )
    twice: tuple[Step, ...] = (
        ("branch7x7dbl_1", filters, 1),
        ("branch7x7dbl_2", filters, (7, 1)),
        ("branch7x7dbl_3", filters, (1, 7)),
        ("branch7x7dbl_4", filters, (7, 1)),
        ("branch7x7dbl_5", 192, (1, 7)),
    )
    return _joined(
        at,
        _branch(made, x, at, ("branch1x1", 192, 1)),
        _branch(made, x, at, *once),
        _branch(made, x, at, *twice),
        _branch(made, _pooled(x, at, "average"), at, ("branch_pool", 192, 1)),
    )


def _block_d(made: FoldedConvolutions, x: keras.KerasTensor, at: str) -> keras.KerasTensor:
    """From 17 to 8 pixels."""
    sevens: tuple[Step, ...] = (
        ("branch7x7x3_1", 192, 1),
        ("branch7x7x3_2", 192, (1, 7)),
        ("branch7x7x3_3", 192, (7, 1)),
    )
    y = _branch(made, x, at, ("branch3x3_1", 192, 1))
    z = _branch(made, x, at, *sevens)
    return _joined(
        at,
        _convolution(made, y, f"{at}.branch3x3_2", 320, 3, strides=2, padding="valid"),
        _convolution(made, z, f"{at}.branch7x7x3_4", 192, 3, strides=2, padding="valid"),
        _narrowed(x, f"{at}.pool"),
    )


def block_e(
    made: FoldedConvolutions, x: keras.KerasTensor, at: str, pool: str
) -> keras.KerasTensor:
    """8 x 8: convolutions of 3 pixels, along each axis on its own; the last one pools by max."""
    y = _branch(made, x, at, ("branch3x3_1", 384, 1))
    z = _branch(made, x, at, ("branch3x3dbl_1", 448, 1), ("branch3x3dbl_2", 384, 3))
    return _joined(
        at,
        _branch(made, x, at, ("branch1x1", 320, 1)),
        _branch(made, y, at, ("branch3x3_2a", 384, (1, 3))),
        _branch(made, y, at, ("branch3x3_2b", 384, (3, 1))),
        _branch(made, z, at, ("branch3x3dbl_3a", 384, (1, 3))),
        _branch(made, z, at, ("branch3x3dbl_3b", 384, (3, 1))),
        _branch(made, _pooled(x, at, pool), at, ("branch_pool", 192, 1)),
    )


def _convolution(
    made: FoldedConvolutions,
    x: keras.KerasTensor,
    at: str,
    filters: int,
    kernel: int | tuple[int, int],
    strides: int = 1,
    padding: str = "same",
) -> keras.KerasTensor:
    return made.convolution(
        x, f"{at}.conv", f"{at}.bn", filters, kernel, strides, padding, activation="relu"
    )


def _branch(
    made: FoldedConvolutions, x: keras.KerasTensor, at: str, *steps: Step
) -> keras.KerasTensor:
    for name, filters, kernel in steps:
        x = _convolution(made, x, f"{at}.{name}", filters, kernel)
    return x


def _pooled(x: keras.KerasTensor, at: str, pool: str) -> keras.KerasTensor:
    """3 x 3 pools of stride 1; Keras counts padding neither in the mean nor in the maximum."""
    kinds = {"average": keras.layers.AveragePooling2D, "max": keras.layers.MaxPooling2D}
    return kinds[pool](
        3,
        strides=1,
        padding="same",
        data_format="channels_last",
        name=f"{at.replace('.', '_')}_{pool}",
        dtype="float32",
    )(x)


def _narrowed(x: keras.KerasTensor, at: str) -> keras.KerasTensor:
    return keras.layers.MaxPooling2D(
        3, strides=2, data_format="channels_last", name=at.replace(".", "_"), dtype="float32"
    )(x)


def _joined(at: str, *branches: keras.KerasTensor) -> keras.KerasTensor:
    return keras.layers.Concatenate(name=f"{at}_joined", dtype="float32")(list(branches))
