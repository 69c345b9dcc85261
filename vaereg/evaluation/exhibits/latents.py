"""The latent space in the report: traversals, interpolations, latents and the prior."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import numpy as np

from vaereg.contracts.conditions import Given, keyword
from vaereg.contracts.evidence import ModelView
from vaereg.contracts.latent import reparameterized
from vaereg.evaluation.evidence.conditions_of_sets import ConditionsOfSets
from vaereg.evaluation.evidence.lazy_evidence import LazyEvidence

if TYPE_CHECKING:
    from vaereg.model.vae import VAE

STEPS = 9
"""Pictures in a row of a traversal or an interpolation."""

ROWS = 8
"""The largest number of dimensions to traverse."""

ENDS = 4
"""How many interpolations are shown."""

REACH = 2.5
"""How far a traversal goes, in standard deviations of the latents."""

DECODED = 64
"""How many draws are decoded."""

POINTS = 1_000
"""The largest number of draws to plot."""


class _Drawn(Protocol):
    def raw(self, examples: np.ndarray) -> np.ndarray: ...


def latent_exhibits(
    vae: VAE,
    evidence: LazyEvidence,
    latents: np.ndarray,
    seed: int,
    drawn: _Drawn,
    conditions: ConditionsOfSets | None = None,
) -> dict[str, np.ndarray]:
    """Decoded walks through the latent space and its statistics.

    Args:
        vae: the trained model.
        evidence: the evidence of the model.
        latents: (n, *latent), from which the samples were decoded.
        seed: the seed of the samples.
        drawn: converts examples into the form that the report draws.
        conditions: those of the examples, if the model is told any. Draws of q are decoded with
            those of their example, draws of the prior with those of the samples, an interpolation
            with those of its first example, and traversals with those of the first example.
    """
    model = evidence.model
    if model is None:
        return {}
    known = ConditionsOfSets() if conditions is None else conditions

    def decoded(flat: np.ndarray, given: Given, rows: np.ndarray) -> np.ndarray:
        z = np.asarray(flat, np.float32).reshape(-1, *latents.shape[1:])
        told = {name: values[rows] for name, values in given.items()}
        return drawn.raw(vae.decode(z, **keyword(told)))

    rng = np.random.default_rng(seed)
    chosen, draws = _posterior_draws(model, rng)
    shown = decoded(draws[:DECODED], known.train, chosen[:DECODED])
    found = {"exhibits/posterior_samples": shown}
    if not np.array_equal(model.latents, model.prior_latents):
        priors = model.prior_latents[:DECODED]
        found["exhibits/prior_samples"] = decoded(priors, known.generated, np.arange(len(priors)))

    def of_real(flat: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return decoded(flat, known.real, rows)

    found |= _traversals(model, of_real)
    found |= _interpolations(model, of_real)
    found |= _latent_plane(model, draws)
    if model.kl is not None and model.kl.shape[1] > 1:
        found["curves/kl_per_dimension"] = np.sort(model.kl.mean(axis=0))[::-1]
        found["curves/active_variance"] = np.sort(model.real_mean.var(axis=0))[::-1]
    return found


def _posterior_draws(model: ModelView, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """At most POINTS training examples, and draws from their posteriors."""
    chosen = rng.permutation(len(model.train_mean))[:POINTS]
    mean: np.ndarray = model.train_mean[chosen]
    if model.train_log_var is None:
        return chosen, mean
    noise = rng.standard_normal(mean.shape)
    return chosen, reparameterized(mean, model.train_log_var[chosen], noise)


def _traversals(
    model: ModelView, decoded: Callable[[np.ndarray, np.ndarray], np.ndarray]
) -> dict[str, np.ndarray]:
    """One dimension moved at a time from the median latent, most informative first."""
    latents = model.real_mean
    spread = latents.std(axis=0)
    kl = model.kl.mean(axis=0) if model.kl is not None else np.array([])
    # If the KL divergence is not known by dimension, dimensions are ordered by their spread.
    weight = kl if len(kl) == latents.shape[1] else spread
    dimensions = np.argsort(-weight, kind="stable")[:ROWS]
    walks = np.repeat(np.median(latents, axis=0)[None, None], len(dimensions), axis=0)
    walks = np.repeat(walks, STEPS, axis=1)
    for row, dimension in enumerate(dimensions):
        walks[row, :, dimension] += np.linspace(-REACH, REACH, STEPS) * spread[dimension]
    flat = walks.reshape(-1, latents.shape[1])
    pictures = decoded(flat, np.zeros(len(flat), int))
    return {
        "exhibits/traversals": pictures.reshape(len(dimensions), STEPS, *pictures.shape[1:]),
        "exhibits/traversals/dimension": dimensions.astype(np.int64),
        "exhibits/traversals/kl": weight[dimensions] if len(kl) == latents.shape[1] else kl[:0],
    }


def _interpolations(
    model: ModelView, decoded: Callable[[np.ndarray, np.ndarray], np.ndarray]
) -> dict[str, np.ndarray]:
    """Walks between the latents of pairs of held-out examples, along great circles.

    A straight line between two draws of a Gaussian in many dimensions passes through lengths that
    no draw has (White 2016, arXiv:1609.04468).
    """
    latents = model.real_mean
    if len(latents) < 2 * ENDS:
        return {}
    starts, ends = latents[:ENDS], latents[ENDS : 2 * ENDS]
    walks = np.stack([slerp(a, b, STEPS) for a, b in zip(starts, ends, strict=True)])
    pictures = decoded(walks.reshape(-1, latents.shape[1]), np.repeat(np.arange(ENDS), STEPS))
    return {"exhibits/interpolations": pictures.reshape(ENDS, STEPS, *pictures.shape[1:])}


def slerp(start: np.ndarray, end: np.ndarray, steps: int) -> np.ndarray:
    """Points (steps, d) on the great circle from one vector to another; lengths change linearly.

    Parallel vectors, and a vector of length 0, are joined by a straight line.
    """
    share = np.linspace(0.0, 1.0, steps)[:, None]
    straight: np.ndarray = (1 - share) * start + share * end
    lengths = float(np.linalg.norm(start)), float(np.linalg.norm(end))
    if min(lengths) == 0:
        return straight
    one, other = start / lengths[0], end / lengths[1]
    angle = np.arccos(np.clip(one @ other, -1.0, 1.0))
    if np.sin(angle) < 1e-6:
        return straight
    direction = (np.sin((1 - share) * angle) * one + np.sin(share * angle) * other) / np.sin(angle)
    points: np.ndarray = direction * ((1 - share) * lengths[0] + share * lengths[1])
    return points


def _latent_plane(model: ModelView, draws: np.ndarray) -> dict[str, np.ndarray]:
    """Draws from the aggregate posterior and from the prior in the plane of most variance."""
    if draws.shape[1] < 2:
        return {}
    middle = draws.mean(axis=0)
    _, _, axes = np.linalg.svd(draws - middle, full_matrices=False)
    return {
        "curves/codes": (draws - middle) @ axes[:2].T,
        "curves/prior_codes": (model.prior_latents[:POINTS] - middle) @ axes[:2].T,
    }
