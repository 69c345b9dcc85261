"""The VAE-GAN that all sides train: the convolutional VAE against a critic of patches."""

from __future__ import annotations

import numpy as np

from tests.benchmarks.sides.networks import CONV, Weights, critic_weights, first_weights

NETWORK = CONV
CRITIC = (32, 64)
"""Channels of the critic's 4x4 convolutions of stride 2; one more gives a score for each patch."""

WEIGHT = 5.0
"""How much the critic's opinion counts in the VAE's loss; fixed, which any loop can do."""

CRITIC_RATE, CRITIC_BETA = 3e-4, 0.5
"""The critic's Adam, as registry.toml has it for `vaegan`."""

SLOPE = 0.2
"""Of leaky_relu below 0."""

DECLARED = f"""
[models.measured.discriminators.patch]
weight = {WEIGHT}
widths = {list(CRITIC)}
loss = "hinge"
optimizer = {{ use = "adam", learning_rate = {CRITIC_RATE}, beta_1 = {CRITIC_BETA} }}
"""
"""The critic in a registry: it compares data with reconstructions and with samples."""


def both_weights() -> tuple[Weights, Weights]:
    """What the VAE and the critic begin with."""
    return first_weights(NETWORK), critic_weights(CRITIC, NETWORK.shape[-1])


class Kept:
    """The losses of the two players, step by step, until an epoch ends.

    Attributes:
        also: the critic's mean loss of the last epoch, under "critic".
    """

    def __init__(self) -> None:
        self.also: dict[str, float] = {}

    def close(self, bounds: np.ndarray, critics: np.ndarray) -> float:
        """Notes an epoch's losses (steps,), and gives the mean of the VAE's own."""
        self.also = {"critic": float(np.mean(critics))}
        return float(np.mean(bounds))
