"""How well a model explains single examples: its ELBO and a tighter bound, in nats."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs
import numpy as np

if TYPE_CHECKING:
    from vaereg.model.vae import VAE

DRAWS = 16
"""How many importance samples are decoded together."""


@attrs.frozen(kw_only=True, eq=False)
class Draws:
    """Some draws from q(z given x) for n examples.

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


def posterior_draws(vae: VAE, x: np.ndarray, samples: int, seed: int) -> Iterator[Draws]:
    """`samples` draws from q(z given x) for each x (n, *data), at most DRAWS of them at a time.

    Args:
        vae: the trained model, whose posterior has a density.
        x: the examples, as the model takes them.
        samples: K.
        seed: equal seeds give equal draws.
    """
    for first in range(0, samples, DRAWS):
        # Always as many draws, so that one compiled function serves; the surplus is dropped.
        z, log_q = vae.draw_posterior(x, DRAWS, seed + 1 + first)
        log_joint = vae.log_joint(x, z).astype(np.float64)
        kept = samples - first
        yield Draws(z=z[:, :kept], log_q=log_q[:, :kept], log_joint=log_joint[:, :kept])


def score_examples(
    vae: VAE, x: np.ndarray, samples: int, seed: int, *, deterministic: bool
) -> dict[str, np.ndarray]:
    """The scores of `TrainedModel.score` for x (n, *data) as the model takes it.

    Source of the bound: Burda et al. 2016, arXiv:1509.00519, eq. 8.
    """
    if deterministic:
        z = np.asarray(vae.encode(x).mode)[:, None]
        unknown = np.full(len(x), np.nan)
        return {
            "elbo": unknown,
            "bound": unknown.copy(),
            "reconstruction": _log_likelihood(vae, vae.log_joint(x, z), z)[:, 0],
            "kl": unknown.copy(),
        }
    weights, likelihoods = [], []
    for draws in posterior_draws(vae, x, samples, seed):
        weights.append(draws.log_weights)
        likelihoods.append(_log_likelihood(vae, draws.log_joint, draws.z))
    reconstruction = np.concatenate(likelihoods, axis=1).mean(axis=1)
    kl = np.asarray(vae.kl_divergences(x), np.float64).sum(axis=1)
    bound = np.logaddexp.reduce(np.concatenate(weights, axis=1), axis=1) - math.log(samples)
    return {"elbo": reconstruction - kl, "bound": bound, "reconstruction": reconstruction, "kl": kl}


def _log_likelihood(vae: VAE, log_joint: np.ndarray, z: np.ndarray) -> np.ndarray:
    """log p(x given z), (n, K) float64, out of log p(x, z)."""
    likelihood: np.ndarray = np.asarray(log_joint, np.float64) - vae.log_prior(z)
    return likelihood
