"""The networks that all sides train, and the weights that they begin with."""

from __future__ import annotations

import math
from itertools import pairwise

import attrs
import numpy as np

LEARNING_RATE = 1e-3

Weights = dict[str, np.ndarray]
"""By name, in the order in which vaereg holds them; kernels as Keras lays them out."""


@attrs.frozen(kw_only=True)
class Network:
    """A VAE with a Gaussian posterior, a standard normal prior and a Bernoulli likelihood.

    Args:
        name: how the benchmarks call it.
        shape: of one example.
        widths: of the encoder's layers; the decoder mirrors them. Of convolutions (3x3, stride 2)
            and transposed ones (4x4, stride 2) where examples are images, else of dense layers.
        latent: the latent's dimensions.
        batch_size: examples of a step.
        convolutional: whether the layers are convolutions.
    """

    name: str
    shape: tuple[int, ...]
    widths: tuple[int, ...]
    latent: int
    batch_size: int = 128
    convolutional: bool = False

    @property
    def dimensions(self) -> int:
        """Values of an example."""
        return math.prod(self.shape)

    @property
    def grid(self) -> tuple[int, int, int]:
        """What the last convolution of the encoder gives and the decoder begins with."""
        scale = 2 ** len(self.widths)
        height, width = self.shape[0] // scale, self.shape[1] // scale
        return height, width, self.widths[-1]


CONV = Network(name="conv", shape=(28, 28, 1), widths=(32, 64), latent=16, convolutional=True)
"""The model `baseline` of registry.toml."""

MLP = Network(name="mlp", shape=(28, 28, 1), widths=(400,), latent=16)

TINY = Network(name="tiny", shape=(8,), widths=(8,), latent=2, batch_size=8)
"""So little to compute that what a step costs is what it costs to ask for one."""

NETWORKS = {network.name: network for network in (CONV, MLP, TINY)}


def first_weights(network: Network, seed: int = 0) -> Weights:
    """He's uniform kernels before relu, Glorot's elsewhere, biases and the head of log_var zero."""
    draw = _Drawn(seed)
    if network.convolutional:
        return _convolutional(network, draw)
    sizes = (network.dimensions, *network.widths)
    for index, (inputs, units) in enumerate(pairwise(sizes)):
        draw.dense(f"encoder_{index}", inputs, units, relu=True)
    _heads(network, network.widths[-1], draw)
    sizes = (network.latent, *reversed(network.widths))
    for index, (inputs, units) in enumerate(pairwise(sizes)):
        draw.dense(f"decoder_{index}", inputs, units, relu=True)
    draw.dense("outputs", network.widths[0], network.dimensions)
    return draw.weights


def critic_weights(widths: tuple[int, ...], channels: int, seed: int = 1) -> Weights:
    """Those of the critic of patches: 4x4 convolutions of stride 2, and one that scores."""
    draw = _Drawn(seed)
    sizes = (channels, *widths)
    for index, (inputs, units) in enumerate(pairwise(sizes)):
        draw.convolution(f"critic_{index}", 4, inputs, units)
    draw.convolution("score", 4, widths[-1], 1)
    return draw.weights


def count(weights: Weights) -> int:
    """How many numbers they are."""
    return sum(value.size for value in weights.values())


def _convolutional(network: Network, draw: _Drawn) -> Weights:
    sizes = (network.shape[-1], *network.widths)
    for index, (inputs, units) in enumerate(pairwise(sizes)):
        draw.convolution(f"encoder_{index}", 3, inputs, units, relu=True)
    _heads(network, math.prod(network.grid), draw)
    draw.dense("from_latent", network.latent, math.prod(network.grid), relu=True)
    sizes = (network.widths[-1], *reversed(network.widths))
    for index, (inputs, units) in enumerate(pairwise(sizes)):
        draw.transposed(f"decoder_{index}", 4, inputs, units)
    draw.convolution("outputs", 3, network.widths[0], network.shape[-1])
    return draw.weights


def _heads(network: Network, inputs: int, draw: _Drawn) -> None:
    draw.dense("mean", inputs, network.latent)
    draw.dense("log_var", inputs, network.latent)
    draw.weights["log_var_kernel"][:] = 0.0


class _Drawn:
    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self.weights: Weights = {}

    def dense(self, name: str, inputs: int, units: int, *, relu: bool = False) -> None:
        fan = inputs / 2 if relu else (inputs + units) / 2
        self._add(name, (inputs, units), fan, units)

    def convolution(
        self, name: str, size: int, inputs: int, units: int, *, relu: bool = False
    ) -> None:
        fan = size * size * (inputs / 2 if relu else (inputs + units) / 2)
        self._add(name, (size, size, inputs, units), fan, units)

    def transposed(self, name: str, size: int, inputs: int, units: int) -> None:
        # at stride 2 a quarter of the kernel's positions counts into each output
        self._add(name, (size, size, units, inputs), size * size * inputs / 8, units)

    def _add(self, name: str, shape: tuple[int, ...], fan: float, units: int) -> None:
        bound = math.sqrt(3.0 / fan)
        kernel = self._rng.uniform(-bound, bound, shape).astype("float32")
        self.weights[f"{name}_kernel"] = kernel
        self.weights[f"{name}_bias"] = np.zeros(units, "float32")
