"""EfficientNet-Lite0 without its classifier, as a Keras model."""

from __future__ import annotations

from collections.abc import Mapping

import keras
import numpy as np

from vaereg.basics.feature_extractors.networks.folded_convolutions import FoldedConvolutions

STAGES = (
    # repeats, kernel, strides, expansion, filters
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
"""Tan and Le 2019, arXiv:1905.11946, table 1; Lite leaves out squeeze-and-excitation."""


def efficientnet_lite0_network(tensors: Mapping[str, np.ndarray], side: int) -> keras.Model:
    """The network with weights by the names of its PyTorch port: (n, side, side, 3) -> (n, 1280).

    Raises:
        vaereg.DataError: if the weights are of another network.
    """
    made = FoldedConvolutions()
    images = keras.Input((side, side, 3), dtype="float32", name="images")
    x = made.convolution(images, "_conv_stem", "_bn0", 32, 3, strides=2, activation="relu6")
    index = 0
    for repeats, kernel, strides, expansion, filters in STAGES:
        for repeat in range(repeats):
            x = _block(made, x, index, kernel, strides if repeat == 0 else 1, expansion, filters)
            index += 1
    x = made.convolution(x, "_conv_head", "_bn1", 1280, activation="relu6")
    x = keras.layers.GlobalAveragePooling2D(
        data_format="channels_last", name="pool", dtype="float32"
    )(x)
    model = keras.Model(images, x, name="efficientnet_lite0")
    made.take(tensors, beside=("_fc.",), what="EfficientNet-Lite0")
    return model


def _block(
    made: FoldedConvolutions,
    x: keras.KerasTensor,
    index: int,
    kernel: int,
    strides: int,
    expansion: int,
    filters: int,
) -> keras.KerasTensor:
    """An inverted residual: widen, convolve each channel, narrow; added to x if shapes agree."""
    at = f"_blocks.{index}"
    given, channels = x, x.shape[-1]
    if expansion != 1:
        x = made.convolution(
            x, f"{at}._expand_conv", f"{at}._bn0", channels * expansion, activation="relu6"
        )
    x = made.depthwise(x, f"{at}._depthwise_conv", f"{at}._bn1", kernel, strides, "relu6")
    x = made.convolution(x, f"{at}._project_conv", f"{at}._bn2", filters)
    if strides == 1 and channels == filters:
        x = keras.layers.Add(name=f"blocks_{index}_sum", dtype="float32")([x, given])
    return x
