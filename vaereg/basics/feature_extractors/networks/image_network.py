"""The base class of extractors with a pretrained image network."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

import vaereg
from vaereg.basics.feature_extractors.inputs.checked_examples import checked_examples, checked_image
from vaereg.basics.feature_extractors.inputs.resize import resize, resize_matrix
from vaereg.basics.feature_extractors.networks.run_in_batches import run_in_batches

if TYPE_CHECKING:
    import keras

LEAST_SIDE = 16
"""The least height and width of images, in pixels. Smaller ones, enlarged, are nothing like the
photographs that such networks know."""


class ImageNetwork(ABC):
    """A pretrained network for grey or colour images of at least 16 x 16 pixels.

    Grey images are repeated to three channels. A subclass defines how weights are read, how images
    are scaled, and the batch size.

    Attributes:
        name: the name of the extractor.
        batch_size: the number of images to run at once.
        side: the side to which images are resized, in pixels.
        kernel, antialias: how images are resized; see `resize`.
    """

    name = ""
    batch_size = 32
    kernel = "bicubic"
    antialias = True

    def __init__(self, context: vaereg.BuildContext, side: int) -> None:
        checked_image(self.name, context.data_spec, (1, 3), LEAST_SIDE)
        self.side = side
        self._shape = tuple(context.data_spec.shape)
        self._model: keras.Model | None = None
        self._identity = ""

    @property
    def identity(self) -> str:
        """A hash of the weights and the preprocessing, 8 hex digits.

        Raises:
            vaereg.RunError: if the weights have not been read yet.
        """
        self._loaded_model()
        return self._identity

    @property
    def facts(self) -> Mapping[str, object]:
        """The network and the side of its input images."""
        return {"network": self.title, "side": self.side}

    @property
    @abstractmethod
    def title(self) -> str:
        """The network's name, for people."""

    @abstractmethod
    def read(self) -> tuple[keras.Model, str]:
        """Reads the Keras model (n, side, side, 3) -> (n, d), and its identity."""

    @abstractmethod
    def scaled(self, images: np.ndarray) -> np.ndarray:
        """Scales images in [0, 1] as in the network's training; may overwrite them."""

    @abstractmethod
    def scaled_tensors(self, images: vaereg.Tensor) -> vaereg.Tensor:
        """Like `scaled`, for tensors."""

    def network(self) -> keras.layers.Layer:
        """The same features as tensors: (B, height, width, channels) in [0, 1] -> (B, d) float32.

        Its `maps` gives the last map (B, h, w, channels) of each size, the finest first. Reads the
        weights; they stay as they are in training.

        Raises:
            vaereg.DataError: if the weights are missing or belong to another network.
        """
        from vaereg.basics.feature_extractors.networks.network_on_images import NetworkOnImages

        if self._model is None:
            self._model, self._identity = self.read()
        height, width, _ = self._shape
        return NetworkOnImages(
            self._model,
            resize_matrix(height, self.side, self.kernel, self.antialias),
            resize_matrix(width, self.side, self.kernel, self.antialias),
            self.scaled_tensors,
            name=self.name,
        )

    def fit(self, data: vaereg.Data, seed: int, tell: Callable[[str], None]) -> None:
        """Reads the weights; learns nothing from the data.

        Raises:
            vaereg.DataError: if the weights are missing or belong to another network.
        """
        del data, seed
        tell(f"reading the weights of {self.title}")
        self._model, self._identity = self.read()

    def state(self) -> dict[str, np.ndarray]:
        """Empty, since the weights are read from a file."""
        return {}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Reads the weights, as `fit` does.

        Raises:
            vaereg.RunError: for a state that another extractor wrote.
        """
        if state:
            raise vaereg.RunError(
                f"extractor '{self.name}' has no state of its own; got {sorted(state)[:3]}, "
                "written by another extractor."
            )
        self._model, self._identity = self.read()

    def __call__(self, examples: np.ndarray) -> np.ndarray:
        """Features (n, d) of images (n, height, width, channels) in [0, 1]."""
        images = checked_examples(self.name, examples, self._shape)
        return run_in_batches(self._loaded_model(), images, self.batch_size, self._prepared)

    def _prepared(self, images: np.ndarray) -> np.ndarray:
        resized = resize(images, self.side, self.kernel, self.antialias)
        np.clip(resized, 0.0, 1.0, out=resized)
        scaled = self.scaled(resized)
        return np.repeat(scaled, 3, axis=-1) if scaled.shape[-1] == 1 else scaled

    def _loaded_model(self) -> keras.Model:
        if self._model is None:
            raise vaereg.RunError(
                f"extractor '{self.name}' has not read its weights; call fit or restore first."
            )
        return self._model
