"""The contract of a prior."""

from __future__ import annotations

from typing import Protocol

from vaereg.contracts.tensor import Seed, Tensor


class Prior(Protocol):
    """A keras.layers.Layer that is a distribution over latents.

    A prior may say where its latents lie with `support` ("reals" if it does not, see `Posterior`),
    and with `bound = True` that `log_prob` is a lower bound of log p(z), and `kl` an upper bound,
    as of a diffusion model. Then exp(log_prob) integrates to at most 1, and what an evaluation
    calls a bound on log p(x) is one still.

    Laws: `sample(n, seed)` has shape (n, *latent); `log_prob` is finite for samples, and
    exp(log_prob) integrates to 1; samples follow this density; equal seeds give equal samples.

    A prior may also have `kl(latent) -> (B, groups)`, the KL divergence of q from the prior in
    closed form, which is >= 0, and 0 if q equals the prior. Groups are summed for the ELBO; free
    bits apply to each group. It is asked for every posterior that has a density, and returns None
    (or raises NotImplementedError) if it has no closed form for this one: `latent.log_var` is None
    unless q is a diagonal Gaussian, and `latent.params` and `latent.extras` have what else the
    posterior tells. Then, and without `kl`, the engine uses the Monte Carlo estimate
    log q(z given x) - log p(z). Any other exception of `kl` is told as an error of the prior.

    A prior that asks for conditions is told them as the keyword `given` of `sample`, `log_prob` and
    `kl`, one for each latent; see `Encoder`.
    """

    def sample(self, n: int | Tensor, seed: Seed) -> Tensor:
        """Draws (n, *latent) float32; within a step n may be a scalar tensor."""
        ...

    def log_prob(self, z: Tensor) -> Tensor:
        """log p(z) for z (B, *latent), shape (B,)."""
        ...
