"""The extractor `inception_v3`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import vaereg
from vaereg.basics.feature_extractors.networks.image_network import ImageNetwork
from vaereg.basics.feature_extractors.networks.inception_v3_network import inception_v3_network
from vaereg.basics.feature_extractors.weights.array_identity import array_identity
from vaereg.basics.feature_extractors.weights.torch_weights import read_torch_weights
from vaereg.basics.feature_extractors.weights.weights_path import weights_path

if TYPE_CHECKING:
    import keras

    from vaereg.basics.feature_extractors.declared import InceptionV3Params


class InceptionV3(ImageNetwork):
    """2048 pooled features of the Inception network with which the literature measures FID.

    Images are resized to 299 pixels by PyTorch's bilinear interpolation without antialiasing and
    scaled to [-1, 1], as in pytorch-fid. The network is slow without a GPU.

    Source: Heusel et al. 2017, arXiv:1706.08500; weights `pt_inception-2015-12-05-6726825d.pth`
    as pytorch-fid and torch-fidelity publish them.
    """

    name = "inception_v3"
    title = "Inception-v3 of the FID literature (inception-2015-12-05)"
    batch_size = 32
    kernel = "bilinear"
    antialias = False

    def __init__(self, params: InceptionV3Params, context: vaereg.BuildContext) -> None:
        super().__init__(context, 299)
        self._weights = params.weights
        self._folder = context.folder

    def read(self) -> tuple[keras.Model, str]:
        """Reads the network and its identity.

        Raises:
            vaereg.DataError: if the weights are missing or belong to another network.
        """
        tensors = read_torch_weights(weights_path(self.name, self._weights, self._folder))
        model = inception_v3_network(tensors)
        return model, array_identity(tensors, network=self.name, side=self.side, resize="bilinear")

    def scaled(self, images: np.ndarray) -> np.ndarray:
        return images * np.float32(2.0) - np.float32(1.0)

    def scaled_tensors(self, images: vaereg.Tensor) -> vaereg.Tensor:
        return images * 2.0 - 1.0
