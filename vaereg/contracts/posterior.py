"""The contract of a posterior."""

from __future__ import annotations

from typing import Protocol

from vaereg.contracts.latent import Latent
from vaereg.contracts.tensor import Seed, Tensor


class Posterior(Protocol):
    """A keras.layers.Layer: features (B, ...) -> Latent.

    Laws: with `samples=K` every array of the Latent has leading axis K·B, K-major; `log_q` is
    log q(z given x) at z and integrates to 1 over z; `mode` is the mode and does not depend on
    the seed; equal seeds give equal draws; a deterministic posterior has z equal to mode and
    log_q None.

    A posterior that asks for conditions is told them as the keyword `given`, one for each example;
    with `samples=K` it repeats them itself, K-major. See `Encoder`.

    A posterior may also have `log_prob(z, params) -> (K·B,)`, log q(z given x) at any z, with
    `latent.params` of its draws; at the drawn z it equals `log_q`, and its gradient reaches z.

    Attributes:
        deterministic: whether q is a point; then no KL divergence is computed.
        support: where z lies: "reals" if a posterior does not say, "sphere" for unit vectors,
            "codes", or another word. The prior's must be equal; a model in which they differ is
            refused before training.
    """

    deterministic: bool

    def __call__(
        self, features: Tensor, samples: int = 1, seed: Seed = None, training: bool = False
    ) -> Latent:
        """Draws `samples` latents per example; `seed` is a SeedGenerator or an integer."""
        ...
