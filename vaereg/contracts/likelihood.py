"""The contract of a likelihood."""

from __future__ import annotations

import inspect
from typing import Protocol

from vaereg.contracts.tensor import Seed, Tensor


class Likelihood(Protocol):
    """A keras.layers.Layer that interprets decoder outputs as a distribution over data.

    Laws: `log_prob` is summed over dimensions and normalised: exp(log_prob) sums or integrates to
    1 over the values that the data may take; `mean` is the expectation and lies in the data's
    range; draws of `sample` follow the distribution; results that are continuous in the outputs
    have a gradient with respect to them.

    With `exact = False` it says that `log_prob` is a lower bound of log p(x given z), as of a
    diffusion decoder; then exp(log_prob) integrates to at most 1, and what an evaluation calls a
    bound on log p(x) is one still.

    It may have the attribute `draws`: if true, examples are shown as draws of `sample` instead of
    `mean`, in samples, reconstructions, evaluations and reports, because the mean is no example, as
    of text. In a step, `step.reconstruction` and `step.generated` stay means, which have gradients.

    It may have weights of its own. They are trained with the VAE, saved and averaged, and a loss
    moves them alone by the address "likelihood". `log_prob` may have the parameter `seed`, an
    integer or a SeedGenerator, and draws from it; it is given wherever the density is computed.

    A likelihood that asks for conditions is told them as the keyword `given` of `log_prob`, `mean`
    and `sample`; see `Encoder`.
    """

    def channels(self, data_channels: int) -> int:
        """The number of channels of the decoder's outputs, for data with `data_channels`."""
        ...

    def log_prob(self, x: Tensor, outputs: Tensor, training: bool = False) -> Tensor:
        """log p(x given z) for x (B, *data) and outputs (B, *data[:-1], channels), shape (B,)."""
        ...

    def mean(self, outputs: Tensor) -> Tensor:
        """The expectation (B, *data)."""
        ...

    def sample(self, outputs: Tensor, seed: Seed) -> Tensor:
        """A draw (B, *data)."""
        ...


def takes_seed(likelihood: Likelihood) -> bool:
    """Whether `log_prob` of a likelihood asks for a seed."""
    return "seed" in inspect.signature(likelihood.log_prob).parameters


def log_density_of(
    likelihood: Likelihood, x: Tensor, outputs: Tensor, *, seed: Seed, training: bool = False
) -> Tensor:
    """`log_prob` of a likelihood, (B,), with the seed if it asks for it."""
    drawn = {"seed": seed} if takes_seed(likelihood) else {}
    return likelihood.log_prob(x, outputs, training=training, **drawn)
