"""How well a model explains individual examples: their ELBO and a tighter bound, in nats."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs
import numpy as np

from vaereg.contracts.conditions import NO_CONDITIONS, Given, keyword

if TYPE_CHECKING:
    from vaereg.model.vae import VAE

DRAWS = 16
"""How many importance samples are decoded together."""


@attrs.frozen(kw_only=True, eq=False)
class Draws:
    """Draws from q(z given x) for n examples.

    Args:
        z: (n, K, *latent) float32.
        log_q: (n, K) float64, log q(z given x).
        log_joint: (n, K) float64, log p(x, z).
    """

    z: np.ndarray
    log_q: np.ndarray
    log_joint: np.ndarray

    @property
    def log_weights(self) -> np.ndarray:
        """log p(x, z) - log q(z given x), (n, K)."""
        weights: np.ndarray = self.log_joint - self.log_q
        return weights


def posterior_draws(
    vae: VAE,
    x: np.ndarray,
    samples: int,
    seed: int,
    *,
    by_example: bool = False,
    given: Given = NO_CONDITIONS,
) -> Iterator[Draws]:
    """`samples` draws from q(z given x) for each x (n, *data), at most DRAWS at a time.

    Args:
        vae: the trained model, whose posterior has a density.
        x: the examples, as the model takes them.
        samples: K.
        seed: equal seeds give equal draws.
        by_example: if the posterior gives `log_var`, the draws of an example depend only on its
            values and `seed`; otherwise also on its position in x.
        given: the conditions of x.
    """
    latent = vae.encode(x, **keyword(given))
    for first in range(0, samples, DRAWS):
        seeds = example_seeds(x, seed, first) if by_example else None
        # The number of draws is always the same, for one compiled function; surplus is dropped.
        z, log_q = vae.draw_posterior(
            x, DRAWS, seed + 1 + first, seeds=seeds, latent=latent, **keyword(given)
        )
        log_joint = vae.log_joint(x, z, **keyword(given)).astype(np.float64)
        kept = samples - first
        yield Draws(z=z[:, :kept], log_q=log_q[:, :kept], log_joint=log_joint[:, :kept])


def example_seeds(x: np.ndarray, seed: int, first: int) -> list[int]:
    """A seed for each example (n, *data), from its values, `seed` and the number of a draw."""
    key = f"{seed}/{first}".encode()
    values = np.ascontiguousarray(x, dtype="<f4") + np.float32(0)  # no negative zeros
    return [
        int.from_bytes(hashlib.blake2b(key + each.tobytes(), digest_size=8).digest(), "little")
        for each in values
    ]


def score_examples(
    vae: VAE,
    x: np.ndarray,
    samples: int,
    seed: int,
    *,
    deterministic: bool,
    given: Given = NO_CONDITIONS,
) -> dict[str, np.ndarray]:
    """The scores of `TrainedModel.score` for x (n, *data) as the model takes it.

    Source of the bound: Burda et al. 2016, arXiv:1509.00519, eq. 8.
    """
    told = keyword(given)
    if deterministic:
        z = np.asarray(vae.encode(x, **told).mode)[:, None]
        unknown = np.full(len(x), np.nan)
        log_joint = vae.log_joint(x, z, **told).astype(np.float64)
        return {
            "elbo": unknown,
            "bound": unknown.copy(),
            "reconstruction": (log_joint - vae.log_prior(z, **told))[:, 0],
            "kl": unknown.copy(),
        }
    weights, likelihoods, kl_estimates = [], [], []
    for draws in posterior_draws(vae, x, samples, seed, by_example=True, given=given):
        log_prior = np.asarray(vae.log_prior(draws.z, **told), np.float64)
        weights.append(draws.log_weights)
        likelihoods.append(draws.log_joint - log_prior)
        kl_estimates.append(draws.log_q - log_prior)
    reconstruction = np.concatenate(likelihoods, axis=1).mean(axis=1)
    closed = vae.closed_kl_divergences(x, **told)
    if closed is None:
        kl = np.concatenate(kl_estimates, axis=1).mean(axis=1)
    else:
        kl = np.asarray(closed, np.float64).sum(axis=1)
    bound = np.logaddexp.reduce(np.concatenate(weights, axis=1), axis=1) - math.log(samples)
    return {"elbo": reconstruction - kl, "bound": bound, "reconstruction": reconstruction, "kl": kl}
