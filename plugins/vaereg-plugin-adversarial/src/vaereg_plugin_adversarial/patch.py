"""PatchGAN: a convolutional critic that evaluates each patch of an image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import keras
from keras import ops

import vaereg
from vaereg_plugin_adversarial.adversary import Adversary, Evaluated
from vaereg_plugin_adversarial.critic_conv import CriticConv2D
from vaereg_plugin_adversarial.feature_distance import feature_distance
from vaereg_plugin_adversarial.spectral_conv import SpectralConv2D

if TYPE_CHECKING:
    from vaereg_plugin_adversarial.plugin import PatchParams

GROUP = 8
"""The smallest number of channels in a group of group normalization."""


class PatchDiscriminator(Adversary):
    """Distinguishes the data from reconstructions and samples of the prior, patch by patch.

    Stages of convolutions, each of which halves height and width, end in one score per patch (Isola
    et al. 2017, arXiv:1611.07004; in VQGAN, Esser et al. 2021, arXiv:2012.09841). Images are first
    scaled from their value range to [-1, 1]; penalties apply to the gradient with respect to the
    scaled images. With `feature_matching` the generator loss also contains the distance between the
    critic's features of x and of its reconstruction (Larsen et al. 2016, arXiv:1512.09300).

    Raises:
        ValueError: if the image is too small for the number of stages.
    """

    def __init__(self, params: PatchParams, context: vaereg.BuildContext) -> None:
        super().__init__(params, context)
        self.feature_matching = params.feature_matching
        self.compared = ("reconstruction", "prior") if params.fakes == "both" else (params.fakes,)
        self.value_range = context.data_spec.value_range
        _check_size(context.data_spec.shape, len(params.widths))
        self.activation = keras.activations.get(params.activation)
        places = [(s, i) for s in range(len(params.widths)) for i in range(params.depth)]
        self.convolutions = [_convolution(params, stage, index) for stage, index in places]
        self.normalizations = [_normalization(params, stage, index) for stage, index in places]
        self.score = _kind(params)(
            1, params.kernel_size, padding="same", name="score", dtype="float32"
        )
        self.build((None, *context.data_spec.shape))

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates the weights for images (B, height, width, channels)."""
        shape = tuple(input_shape)
        for convolve, normalize in self._blocks():
            convolve.build(shape)
            shape = convolve.compute_output_shape(shape)
            normalize.build(shape)
        self.score.build(shape)

    def call(self, x: vaereg.Tensor, training: bool = False) -> Evaluated:
        """Scores (N, patches) and features of images scaled by `real` or `fakes`."""
        del training  # Keras passes it on to the spectral convolutions
        features = []
        for convolve, normalize in self._blocks():
            x = self.activation(normalize(convolve(x)))
            features.append(x)
        scores = self.score(x)
        return Evaluated(ops.reshape(scores, (-1, math.prod(scores.shape[1:]))), tuple(features))

    def real(self, step: vaereg.Step) -> vaereg.Tensor:
        """The data."""
        return self._scaled(step.x)

    def fakes(self, step: vaereg.Step) -> tuple[vaereg.Tensor, ...]:
        """Reconstructions, decoded draws of the prior, or both."""
        groups = {"reconstruction": self._reconstruction, "prior": self._generated}
        return tuple(groups[name](step) for name in self.compared)

    def groups(self, step: vaereg.Step) -> tuple[vaereg.Tensor, ...]:
        """The data and the fakes; also reconstructions if only their features are needed."""
        groups = super().groups(step)
        if self.feature_matching and "reconstruction" not in self.compared:
            return (*groups, self._reconstruction(step))
        return groups

    def generator_loss(self, step: vaereg.Step) -> vaereg.Tensor:
        """The adversarial loss plus the weighted feature distance, (B,)."""
        loss = super().generator_loss(step)
        if not self.feature_matching:
            return loss
        evaluated = self.evaluated(step)
        reconstruction = evaluated[1] if "reconstruction" in self.compared else evaluated[-1]
        distance = feature_distance(evaluated[0].features, reconstruction.features)
        return loss + self.feature_matching * distance

    def _reconstruction(self, step: vaereg.Step) -> vaereg.Tensor:
        return self._scaled(step.reconstruction)

    def _generated(self, step: vaereg.Step) -> vaereg.Tensor:
        return self._scaled(step.generated)

    def _scaled(self, x: vaereg.Tensor) -> vaereg.Tensor:
        if self.value_range is None:
            return x
        low, high = self.value_range
        return (x - low) * (2.0 / (high - low)) - 1.0

    def _blocks(self) -> list[tuple[CriticConv2D, keras.layers.Layer]]:
        return list(zip(self.convolutions, self.normalizations, strict=True))


def _check_size(shape: tuple[int, ...], stages: int) -> None:
    """Checks that each stage has something to halve.

    Raises:
        ValueError: with the allowed number of stages.
    """
    possible = math.ceil(math.log2(min(shape[:2])))
    if not 1 <= stages <= possible:
        raise ValueError(
            f"`widths` has {stages} stages, each of which halves the image; images of "
            f"{shape[0]}x{shape[1]} pixels allow 1 to {possible}"
            if possible
            else f"images of {shape[0]}x{shape[1]} pixels have no patches; a patch critic needs "
            "at least 2x2"
        )


def _kind(params: PatchParams) -> type[CriticConv2D]:
    return SpectralConv2D if params.normalization == "spectral" else CriticConv2D


def _convolution(params: PatchParams, stage: int, index: int) -> CriticConv2D:
    return _kind(params)(
        params.widths[stage],
        params.kernel_size,
        strides=2 if index == 0 else 1,
        padding="same",
        name=f"stage{stage}_conv{index}",
    )


def _normalization(params: PatchParams, stage: int, index: int) -> keras.layers.Layer:
    """The normalization of a convolution's output; none for the first, which sees the image."""
    name = f"stage{stage}_norm{index}"
    if (stage, index) == (0, 0) or params.normalization not in {"layer", "group"}:
        return keras.layers.Identity(name=name)
    groups = 1 if params.normalization == "layer" else _groups(params.widths[stage])
    return keras.layers.GroupNormalization(groups, name=name)


def _groups(width: int) -> int:
    """The largest number of equal groups with at least GROUP channels; 1 if there is none."""
    return max((n for n in range(1, width // GROUP + 1) if width % n == 0), default=1)
