"""A linear map from features of any form onto the latent's shape."""

from __future__ import annotations

import math

import keras
from keras import ops

import vaereg


class LatentProjection(keras.layers.Layer):
    """Maps features (B, ...) onto (B, *latent_shape) with one dense layer, in float32.

    - For a vector latent (d,), features of any rank are flattened first.
    - For a spatial latent (h, w, c), features (B, h, w, ·) are mapped position by position (a 1x1
      convolution), and features (B, ·) are mapped to all positions at once.

    Raises:
        ValueError: in `build`, for spatial features whose positions are not those of the latent.
    """

    def __init__(
        self,
        latent_shape: tuple[int, ...],
        kernel_initializer: keras.initializers.Initializer,
        *,
        name: str,
    ) -> None:
        super().__init__(name=name, dtype="float32")
        self.latent_shape = tuple(latent_shape)
        self.per_position = False
        self.kernel_initializer = kernel_initializer

    def build(self, features_shape: tuple[int | None, ...]) -> None:
        """Creates the weights for features (B, ...)."""
        sizes = [size for size in features_shape[1:] if size is not None]
        if len(sizes) != len(features_shape) - 1:
            raise ValueError(
                f"features need a fixed shape beyond the batch axis; the encoder gave "
                f"{tuple(features_shape)}"
            )
        positions = tuple(sizes[:-1])
        vector = len(self.latent_shape) == 1
        self.per_position = not vector and bool(positions)
        if self.per_position and positions != self.latent_shape[:-1]:
            fitting = (*positions, self.latent_shape[-1])
            raise ValueError(
                f"the latent shape {list(self.latent_shape)} does not fit the encoder's features "
                f"{sizes}: a latent with positions needs features of the same "
                f"positions. latent = {list(fitting)} fits, and so does a plain number, which "
                f"flattens the features."
            )
        inputs = sizes[-1] if self.per_position else math.prod(sizes)
        units = self.latent_shape[-1] if self.per_position else math.prod(self.latent_shape)
        self.kernel = self.add_weight(
            name="kernel",
            shape=(inputs, units),
            initializer=self.kernel_initializer,
            autocast=False,
        )
        self.bias = self.add_weight(
            name="bias", shape=(units,), initializer="zeros", autocast=False
        )

    def call(self, features: vaereg.Tensor) -> vaereg.Tensor:
        """The projection (B, *latent_shape), float32."""
        if not self.per_position:
            features = ops.reshape(features, (-1, self.kernel.shape[0]))
        projected = ops.matmul(features, self.kernel) + self.bias
        return ops.reshape(projected, (-1, *self.latent_shape))
