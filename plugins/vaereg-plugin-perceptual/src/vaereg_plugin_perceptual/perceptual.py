"""The regularizer `perceptual`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from keras import ops

import vaereg

if TYPE_CHECKING:
    from vaereg_plugin_perceptual.plugin import PerceptualParams

EPSILON = 1e-10
"""Added to the squared length of a pixel's features, as in LPIPS."""


class Perceptual:
    """R(x) = sum over maps l of w_l mean over pixels of |n(f_l(x)) - n(f_l(x'))|^2.

    x' is the reconstruction of x, f_l the l-th feature map of the extractor's network, and n
    divides the features of each pixel by their length. With `pooled`, the mean squared distance of
    the features is added with that weight. Nothing of the network is trained. If the network has
    no maps, its features are one map of a single pixel.

    Source: Zhang et al. 2018, arXiv:1801.03924, eq. 1, with w_l = 1/L for every channel, since the
    learned weights of LPIPS belong to other networks.

    Raises:
        ValueError: for an extractor without a network, data without a range, or layers that the
            network does not have.
    """

    def __init__(self, params: PerceptualParams, context: vaereg.BuildContext) -> None:
        extractor = context.build(params.extractor, "extractor")
        if not hasattr(extractor, "network"):
            raise ValueError(
                f"the extractor {params.extractor.offer.name} has no network that a loss could "
                "hold; use efficientnet_lite0"
            )
        if context.data_spec.value_range is None:
            raise ValueError("images need a value range, so that the network gets them in [0, 1]")
        self._low, self._high = context.data_spec.value_range
        self._network = extractor.network()
        self._pooled = params.pooled
        found = len(self._maps(ops.zeros((1, *context.data_spec.shape))))
        self._layers = params.layers or tuple(range(found))
        self._weights = _checked_weights(self._layers, params.weights, found)

    def __call__(self, step: vaereg.Step) -> vaereg.Tensor:
        """The weighted distance between the maps, (B,)."""
        given, made = self._in_unit_range(step.x), self._in_unit_range(step.reconstruction)
        maps, maps_made = self._maps(given), self._maps(made)
        value = ops.zeros(ops.shape(given)[:1])
        for layer, weight in zip(self._layers, self._weights, strict=True):
            gap = _normalized(maps[layer]) - _normalized(maps_made[layer])
            value = value + weight * ops.mean(ops.sum(ops.square(gap), axis=-1), axis=(1, 2))
        if self._pooled:
            gap = self._network(given) - self._network(made)
            value = value + self._pooled * ops.mean(ops.square(gap), axis=-1)
        return value

    def _in_unit_range(self, images: vaereg.Tensor) -> vaereg.Tensor:
        return (ops.cast(images, "float32") - self._low) / (self._high - self._low)

    def _maps(self, images: vaereg.Tensor) -> Sequence[vaereg.Tensor]:
        if hasattr(self._network, "maps"):
            maps: Sequence[vaereg.Tensor] = self._network.maps(images)
            return maps
        return [self._network(images)[:, None, None, :]]


def _normalized(features: vaereg.Tensor) -> vaereg.Tensor:
    """The features of each pixel, divided by their length."""
    squared = ops.sum(ops.square(features), axis=-1, keepdims=True)
    return features * ops.rsqrt(squared + EPSILON)


def _checked_weights(
    layers: Sequence[int], weights: Sequence[float], found: int
) -> Sequence[float]:
    if max(layers) >= found:
        raise ValueError(f"layers names {max(layers)}; the network has maps 0 to {found - 1}")
    if weights and len(weights) != len(layers):
        raise ValueError(f"weights has {len(weights)} numbers; the network has {found} maps")
    return weights or [1.0 / len(layers)] * len(layers)
