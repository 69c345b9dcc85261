"""The density of a mixture of Gaussians with diagonal covariances, and draws from it."""

from __future__ import annotations

import math

import keras
from keras import ops

import vaereg
from vaereg.basics.distributions.split_seed import split_seed


def mixture_log_prob(
    z: vaereg.Tensor, logits: vaereg.Tensor, means: vaereg.Tensor, log_vars: vaereg.Tensor
) -> vaereg.Tensor:
    """log sum_k softmax(logits)_k N(z; means_k, exp(log_vars_k)), shape (B,).

    Args:
        z: (B, *latent).
        logits: (K,) unnormalised log weights.
        means, log_vars: (K, d), d the number of values in one latent.

    Holds (B, K, d) values at once.
    """
    flat = ops.reshape(z, (-1, 1, means.shape[-1]))  # (B, 1, d)
    squared = ops.square(flat - means) * ops.exp(-log_vars)  # (B, K, d)
    per_component = -0.5 * ops.sum(math.log(2 * math.pi) + log_vars + squared, axis=-1)  # (B, K)
    return ops.logsumexp(ops.log_softmax(logits) + per_component, axis=-1)


def mixture_sample(
    n: int, seed: vaereg.Seed, logits: vaereg.Tensor, means: vaereg.Tensor, log_vars: vaereg.Tensor
) -> vaereg.Tensor:
    """Draws (n, d): each draw first chooses a component by its weight, then draws from it.

    Components are chosen independently rather than in order, so that even a few draws can come from
    any of them.
    """
    seed_component, seed_noise = split_seed(seed, 2)
    chosen = keras.random.categorical(logits[None, :], n, seed=seed_component)[0]  # (n,)
    mean, log_var = ops.take(means, chosen, axis=0), ops.take(log_vars, chosen, axis=0)
    noise = keras.random.normal(ops.shape(mean), dtype="float32", seed=seed_noise)
    return mean + ops.exp(0.5 * log_var) * noise
