"""The contract of a prior."""

from __future__ import annotations

from typing import Protocol

from vaereg.contracts.tensor import Seed, Tensor


class Prior(Protocol):
    """A keras.layers.Layer that is a distribution over latents.

    Laws: `sample(n)` has shape (n, *latent); `log_prob` is finite there and integrates to 1;
    samples follow `log_prob`; equal seeds give equal samples.

    A prior may also offer `kl(latent) -> (B, groups)`, the KL divergence of q from it in closed
    form, >= 0, and 0 where q equals it; groups are summed for the ELBO and kept apart for free
    bits. Without it the engine takes the Monte Carlo estimate log q(z given x) - log p(z).
    """

    def sample(self, n: int | Tensor, seed: Seed) -> Tensor:
        """Draws (n, *latent) float32; within a step n may be a scalar tensor."""
        ...

    def log_prob(self, z: Tensor) -> Tensor:
        """log p(z) for z (B, *latent), shape (B,)."""
        ...
