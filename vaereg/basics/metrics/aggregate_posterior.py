"""Whether samples come from latents like those of encoded data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

import vaereg
from vaereg.basics.metrics.evidence.finite import finite
from vaereg.basics.metrics.formulas.frechet_between_gaussians import (
    Root,
    frechet_distance,
    frechet_influence,
    frechet_transport,
)
from vaereg.basics.metrics.formulas.mixture_density import log_mixture_density, scott_log_var
from vaereg.basics.metrics.formulas.multiscale_discrepancy import multiscale_discrepancy
from vaereg.basics.metrics.formulas.streaming_covariance import StreamingCovariance

RARE = 0.01
"""A latent lies in a hole where q(z) is below that of this share of encoded held-out data."""

MOST_DIMENSIONS = 1024
"""With more dimensions, square roots of covariances take minutes."""

FEWEST = 4
"""With fewer draws, half of them do not determine a covariance."""

MOST_PAIRS = 4000
"""The most draws of each side for the kernel distance, whose cost grows with their square."""

STREAM = 71
"""Makes these draws differ from those of a sampler with the same seed."""

SORTED_BY = 4
"""The number of dimensions by which latents are sorted; all but the first only break ties."""


class AggregatePosterior:
    """Compares the aggregate posterior q(z) = mean_n q(z given x_n) with the latents of samples.

    A decoder learns only where q(z) has mass. Samples from other latents are bad even if
    reconstructions are good; the remedy is a sampler fitted to encoded data. q(z) is averaged over
    all training examples in the evidence.

    latent_gap: the Fréchet distance between the moments of q(z), in closed form, and those of prior
    draws. The noise of n draws adds about c / n, so the value is extrapolated to infinitely many
    draws as 2 F(n) - F(n / 2). This can be negative by chance, and always is if d > n / 10. Left
    out above 1024 dimensions.

    latent_mmd: the squared kernel distance between one draw of q(z given x) for each of
    min(m, n, 4000) training examples and as many prior draws. Each pair of draws has one influence.

    hole_rate: the share of the samples' latents whose log q(z) is below that of 99 % of draws from
    q(z given x) of held-out x. Draws from q(z) itself would score 1 %. `influence_of_real` accounts
    for the noise of this threshold. prior_hole_rate: the same for prior draws; left out if the
    samples were decoded from these.

    If q is a point mass, q(z) is a Gaussian kernel density on the training latents, with Scott's
    bandwidth along each dimension, and the moments are those of the latents. If q is neither a
    point mass nor a diagonal Gaussian, its density is not known and there are no scores. Without a
    model there are none either.

    Draws do not depend on the order of examples, since noise is assigned to latents in sorted
    order.

    Raises:
        vaereg.DataError: for fewer than 4 latents or draws, or values that are not finite.

    Source: Hoffman and Johnson 2016, "ELBO surgery" (q(z)); Rosca et al. 2018, arXiv:1802.06847
    (latents that the decoder never saw); Chong and Forsyth 2020, arXiv:1911.07023 (infinitely many
    draws); Dai and Wipf 2019, arXiv:1903.05789 (a fit after training).
    """

    uses_features = False
    scores: Mapping[str, vaereg.ScoreInfo] = {
        "latent_gap": vaereg.ScoreInfo(
            question="health",
            direction=-1,
            meaning="Fréchet distance between encoded training data and prior draws (mean and "
            "covariance); if it is high, the prior does not match the encoded data.",
        ),
        "latent_mmd": vaereg.ScoreInfo(
            question="health",
            direction=-1,
            meaning="Squared kernel distance (MMD) between encoded training data and prior draws; "
            "on average 0 for equal distributions, so it may be negative.",
        ),
        "hole_rate": vaereg.ScoreInfo(
            question="health",
            direction=-1,
            share=True,
            meaning="Share of samples whose latents lie in regions with less than 1 % of encoded "
            "held-out data, which the decoder never learned.",
        ),
        "prior_hole_rate": vaereg.ScoreInfo(
            question="health",
            direction=-1,
            share=True,
            meaning="The hole rate of draws from the prior, if another sampler draws the samples.",
        ),
    }

    def __init__(self, params: object, context: vaereg.BuildContext) -> None:
        del params, context

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """Measures the model of the evidence, if it has one whose q(z) is known."""
        model = evidence.model
        if model is None:
            return {}
        wide, wide_held_out = model.train_log_var, model.real_log_var
        if not model.deterministic and (wide is None or wide_held_out is None):
            return {}
        rng = np.random.default_rng([evidence.seed, STREAM])
        train = _checked_vectors(model.train_mean, "latents of training examples")
        held_out = _checked_vectors(model.real_mean, "latents of held-out examples")
        prior = _checked_vectors(model.prior_latents, "draws from the prior")
        latents = _checked_vectors(model.latents, "latents of samples")
        if wide is None or wide_held_out is None:
            variance = np.zeros_like(train)
            spread = np.broadcast_to(scott_log_var(train), train.shape)
            drawn = train
        else:
            spread = _checked_vectors(wide, "log variances of training examples")
            variance = np.exp(spread)
            drawn = _draws(train, spread, rng)
            about = _checked_vectors(wide_held_out, "log variances of held-out examples")
            held_out = _draws(held_out, about, rng)
        measured = {}
        if train.shape[1] <= MOST_DIMENSIONS:
            measured["latent_gap"] = _gap(train, variance, prior, rng)
        measured["latent_mmd"] = _discrepancy(drawn, prior, rng)
        usual = log_mixture_density(held_out, train, spread)
        measured["hole_rate"] = _holes(log_mixture_density(latents, train, spread), usual)
        if not np.array_equal(latents, prior):
            measured["prior_hole_rate"] = _holes(log_mixture_density(prior, train, spread), usual)
        return measured


def _checked_vectors(values: np.ndarray, what: str) -> np.ndarray:
    """Latents or log variances (n, d) in float64."""
    vectors = np.asarray(finite(values, what), np.float64)
    if len(vectors) < FEWEST:
        raise vaereg.DataError(
            f"metric 'aggregate_posterior': {what}: a distribution needs at least {FEWEST} of "
            f"them; got {len(vectors)}. Evaluate more examples."
        )
    return vectors


def _order(values: np.ndarray) -> np.ndarray:
    """The positions (n,) that sort rows (n, d) by value, whatever order the rows come in.

    Latents are computed in batches, so their rounding depends on the order of examples. A hash of
    the content would turn a difference in the last digit into another draw; sorting by the widest
    dimensions does not.
    """
    widest = np.argsort(-values.var(axis=0), kind="stable")[:SORTED_BY]
    return np.lexsort(values[:, widest[::-1]].T)  # its last key counts first


def _shuffled(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The rows in a random order that does not depend on their original order."""
    shuffled: np.ndarray = values[_order(values)][rng.permutation(len(values))]
    return shuffled


def _draws(mean: np.ndarray, log_var: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One draw z from each q(z given x), (n, d)."""
    noise = np.empty_like(mean)
    noise[_order(mean)] = rng.standard_normal(mean.shape)
    draws: np.ndarray = mean + np.exp(0.5 * log_var) * noise
    return draws


class _Gaussian(NamedTuple):
    """A Gaussian known in closed form: mean (d,) and covariance (d, d)."""

    mean: np.ndarray
    covariance: np.ndarray


def _gap(
    mean: np.ndarray, variance: np.ndarray, prior: np.ndarray, rng: np.random.Generator
) -> vaereg.Measured:
    centre = mean.mean(axis=0)
    apart = mean - centre
    covariance = apart.T @ apart / len(mean) + np.diag(variance.mean(axis=0))
    aggregate, root = _Gaussian(centre, covariance), Root.of(covariance)
    drawn = _moments(prior)
    whole, to_aggregate, _ = frechet_transport(aggregate, drawn, root)
    shuffled = _shuffled(prior, rng)
    halves = [frechet_distance(aggregate, _moments(shuffled[start::2]), root) for start in (0, 1)]
    return vaereg.Measured(
        value=2.0 * whole - sum(halves) / 2,
        sample_size=len(prior),
        influence_of_generated=frechet_influence(prior, drawn, aggregate, to_aggregate),
    )


def _moments(values: np.ndarray) -> StreamingCovariance:
    return StreamingCovariance(values.shape[1]).update(values)


def _discrepancy(drawn: np.ndarray, prior: np.ndarray, rng: np.random.Generator) -> vaereg.Measured:
    pairs = min(len(drawn), len(prior), MOST_PAIRS)
    x, y = _shuffled(drawn, rng)[:pairs], _shuffled(prior, rng)[:pairs]
    value, influence = multiscale_discrepancy(x, y)
    return vaereg.Measured(value=value, sample_size=pairs, influence_of_generated=influence)


def _holes(density: np.ndarray, usual: np.ndarray) -> vaereg.Measured:
    """The share of log densities (n,) below the 1 % quantile of the usual ones (p,)."""
    least, low, high = np.quantile(usual, (RARE, RARE / 2, RARE * 2))
    holes = (density < least).astype(np.float64)
    # The derivative of a quantile t is (share - [x < t]) / f(t), so the rate moves by the ratio of
    # both densities at t, which is estimated in a window about t (Serfling 1980, section 2.5).
    near = [float(np.mean((each > low) & (each <= high))) for each in (density, usual)]
    ratio = near[0] / near[1] if near[1] else 0.0
    return vaereg.Measured(
        value=float(holes.mean()),
        sample_size=len(density),
        influence_of_generated=holes,
        influence_of_real=ratio * (RARE - (usual < least)) if ratio else None,
        values=density,
    )
