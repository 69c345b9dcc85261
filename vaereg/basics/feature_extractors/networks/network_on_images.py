"""An image network as a layer: the features of an extractor as tensors, with gradients."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
from keras import ops

import vaereg


@keras.saving.register_keras_serializable("vaereg")
class NetworkOnImages(keras.layers.Layer):
    """A frozen network on images (B, height, width, 1 or 3) in [0, 1]: features (B, d) float32.

    Args:
        model: the network: (B, side, side, 3) -> (B, d).
        rows, columns: the matrices (side, height) and (side, width) that resize images.
        scaled: scales images in [0, 1] as in the network's training.
        name: the layer's name.
    """

    def __init__(
        self,
        model: keras.Model,
        rows: np.ndarray,
        columns: np.ndarray,
        scaled: Callable[[vaereg.Tensor], vaereg.Tensor],
        name: str,
    ) -> None:
        super().__init__(name=name, dtype="float32")
        model.trainable = False
        self._model = model
        self._levels = keras.Model(model.inputs, _last_of_each_size(model), name=f"{name}_maps")
        self.trainable = False
        self._rows, self._columns, self._scaled = rows, columns, scaled

    def call(self, images: vaereg.Tensor) -> vaereg.Tensor:
        features: vaereg.Tensor = self._model(self._prepared(images), training=False)
        return features

    def maps(self, images: vaereg.Tensor) -> list[vaereg.Tensor]:
        """The last map (B, h, w, channels) of each size in the network, the finest first."""
        prepared = self._prepared(ops.cast(images, "float32"))
        found: list[vaereg.Tensor] = self._levels(prepared, training=False)
        return found

    def _prepared(self, images: vaereg.Tensor) -> vaereg.Tensor:
        tall = ops.einsum("sh,bhwc->bswc", self._rows, images)
        resized = ops.einsum("tw,bswc->bstc", self._columns, tall)
        scaled = self._scaled(ops.clip(resized, 0.0, 1.0))
        return ops.repeat(scaled, 3, axis=-1) if scaled.shape[-1] == 1 else scaled


def _last_of_each_size(model: keras.Model) -> list[keras.KerasTensor]:
    found: dict[int, keras.KerasTensor] = {}
    for layer in model.layers:
        output = layer.output
        is_map = not isinstance(layer, keras.layers.InputLayer) and len(output.shape) == 4
        if is_map and output.shape[1] > 1:
            found[output.shape[1]] = output
    return [found[size] for size in sorted(found, reverse=True)]
