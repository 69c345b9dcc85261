"""The extractor `keras_inception_v3`."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import numpy as np

import vaereg
from vaereg.basics.feature_extractors.networks.image_network import ImageNetwork
from vaereg.basics.feature_extractors.networks.unseeded_draws import unseeded_draws
from vaereg.basics.feature_extractors.weights.array_identity import array_identity
from vaereg.basics.feature_extractors.weights.weights_path import weights_path

if TYPE_CHECKING:
    from vaereg.basics.feature_extractors.declared import KerasInceptionV3Params


class KerasInceptionV3(ImageNetwork):
    """2048 pooled features of the Inception-v3 of keras.applications.

    This is not the network of the FID literature: its distances have another scale and are not
    comparable with published FIDs. Images are resized with Pillow's antialiased bicubic kernel and
    scaled to [-1, 1].

    Source: Szegedy et al. 2016, arXiv:1512.00567.
    """

    name = "keras_inception_v3"
    title = "Inception-v3 of keras.applications, ImageNet"
    batch_size = 32

    def __init__(self, params: KerasInceptionV3Params, context: vaereg.BuildContext) -> None:
        super().__init__(context, params.size)
        self._weights = params.weights
        self._folder = context.folder

    def read(self) -> tuple[keras.Model, str]:
        """Reads the network and its identity.

        Raises:
            vaereg.DataError: if the weights cannot be downloaded or belong to another network.
        """
        with unseeded_draws():
            given = self._downloaded() if not self._weights else self._loaded()
        model = _in_float32(given)
        tensors = {f"{i:04d}": np.asarray(each) for i, each in enumerate(model.get_weights())}
        return model, array_identity(tensors, network=self.name, side=self.side, resize="bicubic")

    def scaled(self, images: np.ndarray) -> np.ndarray:
        return images * np.float32(2.0) - np.float32(1.0)

    def scaled_tensors(self, images: vaereg.Tensor) -> vaereg.Tensor:
        return images * 2.0 - 1.0

    def _downloaded(self) -> keras.Model:
        try:
            return self._network("imagenet")
        except Exception as fault:  # Keras raises a bare Exception
            raise vaereg.DataError(
                "extractor 'keras_inception_v3': Keras could not download the weights: "
                f"{_first_line(fault)}. Give the parameter weights the path of the file "
                "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5, or use "
                "the extractor efficientnet_lite0, which needs no download."
            ) from fault

    def _loaded(self) -> keras.Model:
        path = weights_path(self.name, self._weights, self._folder)
        try:
            return self._from_file(path)
        except (ValueError, OSError, KeyError) as fault:
            raise vaereg.DataError(
                f"extractor 'keras_inception_v3': '{path}' does not hold the weights of "
                f"keras.applications' InceptionV3: {_first_line(fault)}"
            ) from fault

    def _from_file(self, path: Path) -> keras.Model:
        """The network from a file of weights with or without a classifier."""
        headless = self._network(None)
        try:
            _load_all(headless, path)
        except ValueError as fault:
            whole = keras.applications.InceptionV3(weights=None)
            try:
                _load_all(whole, path)
            except ValueError:
                raise fault from None  # what is wrong with it as a network without classifier
            headless.set_weights(whole.get_weights()[:-2])
        return headless

    def _network(self, weights: str | None) -> keras.Model:
        return keras.applications.InceptionV3(
            include_top=False,
            weights=weights,
            pooling="avg",
            input_shape=(self.side, self.side, 3),
            name=self.name,
        )


def _load_all(model: keras.Model, path: Path) -> None:
    """Loads weights strictly: Keras itself would skip layers that the file lacks.

    Raises:
        ValueError: if the file belongs to another network.
    """
    model.set_weights([np.full(each.shape, np.nan) for each in model.weights])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # weights that stay NaN are reported
        model.load_weights(str(path))
    lacking = [
        each.path
        for each in model.weights
        if not np.isfinite(keras.ops.convert_to_numpy(each)).all()
    ]
    if lacking:
        raise ValueError(f"it lacks {len(lacking)} of {len(model.weights)} arrays ({lacking[0]}).")


def _in_float32(model: keras.Model) -> keras.Model:
    """The model with float32 layers, whatever the global policy."""

    def remade(layer: keras.layers.Layer) -> keras.layers.Layer:
        return type(layer).from_config({**layer.get_config(), "dtype": "float32"})

    copy = keras.models.clone_model(model, clone_function=remade)
    copy.set_weights(model.get_weights())
    return copy


def _first_line(fault: Exception) -> str:
    return str(fault).strip().split("\n")[0]
