"""How many operations of matrix units an image takes in training, counted from the shapes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import prod

import attrs

from tests.benchmarks.sides.networks import Network

KERNEL, DOUBLING_KERNEL = 3, 4


@attrs.frozen
class Product:
    """A convolution or matrix product.

    Args:
        name: the layer's.
        multiplications: of one image on the way forward, each with an addition.
        of_data: whether its input is the data, which needs no gradient.
    """

    name: str
    multiplications: int
    of_data: bool = False


@attrs.frozen(kw_only=True)
class Residual:
    """A VAE of the components `resnet`; the decoder mirrors the encoder.

    Args:
        shape: of one example, whose sides the stages divide.
        widths, depth: as the encoder takes them.
        latent: the latent's dimensions.
    """

    shape: tuple[int, int, int]
    widths: tuple[int, ...]
    depth: int
    latent: int

    @property
    def grid(self) -> tuple[int, int, int]:
        """What the encoder gives."""
        scale = 2 ** len(self.widths)
        return self.shape[0] // scale, self.shape[1] // scale, self.widths[-1]


def products(network: Network | Residual) -> list[Product]:
    """All of a convolutional VAE, from the data to the outputs.

    A transposed convolution of stride 2 takes kernel_size^2 multiplications a position and channel
    of its input, and so does vaereg's doubling by repetition, which it computes as one.

    Raises:
        ValueError: for a network of dense layers.
    """
    depth = 0
    if isinstance(network, Residual):
        depth = network.depth
    elif not network.convolutional:
        raise ValueError(f"{network.name} has no convolutions")
    stages, outputs, found = len(network.widths), network.shape[-1], []

    def positions(stage: int) -> int:
        return network.shape[0] * network.shape[1] // 4**stage

    def blocks(name: str, stage: int, width: int) -> None:
        each = 2 * positions(stage) * KERNEL**2 * width**2
        found.extend(Product(f"{name}_block_{index}", each) for index in range(depth))

    for stage, (inputs, width) in enumerate(pairwise((outputs, *network.widths))):
        here = positions(stage + 1) * KERNEL**2 * inputs * width
        found.append(Product(f"encoder_{stage}", here, stage == 0))
        blocks(f"encoder_{stage}", stage + 1, width)
    features = prod(network.grid)
    found.append(Product("mean and log_var", 2 * features * network.latent))
    found.append(Product("from_latent", features * network.latent))
    mirrored = tuple(reversed(network.widths))
    # The transposed convolutions of `conv` give the width of their stage; the doublings of
    # `resnet`, whose blocks have it already, that of the next.
    if depth:
        sizes = list(pairwise((*mirrored, mirrored[-1])))
    else:
        sizes = list(pairwise((mirrored[0], *mirrored)))
    for stage, (inputs, width) in enumerate(sizes):
        blocks(f"decoder_{stage}", stages - stage, inputs)
        here = positions(stages - stage) * DOUBLING_KERNEL**2 * inputs * width
        found.append(Product(f"decoder_{stage}", here))
    found.append(Product("outputs", positions(0) * KERNEL**2 * mirrored[-1] * outputs))
    return found


def training_operations(found: Sequence[Product]) -> int:
    """Additions and multiplications of an image in a step: forward, and both gradients.

    The gradients by the weights and by the input take as many as the way forward, each; that by
    the data is not needed. Nothing else is counted: it is not for matrix units.
    """
    return sum(2 * each.multiplications * (2 if each.of_data else 3) for each in found)
