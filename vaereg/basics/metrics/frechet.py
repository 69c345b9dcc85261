"""The Fréchet distance between Gaussians fitted to features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

import vaereg
from vaereg.basics.metrics.evidence.feature_moments import feature_moments
from vaereg.basics.metrics.evidence.feature_sets import Sets, feature_sets
from vaereg.basics.metrics.evidence.feature_spread import feature_spread, squared_lengths
from vaereg.basics.metrics.evidence.twins import twins
from vaereg.basics.metrics.formulas.frechet_between_gaussians import (
    frechet_distance,
    frechet_influence,
    frechet_of_few,
    frechet_transport,
)
from vaereg.basics.metrics.formulas.streaming_covariance import StreamingCovariance

if TYPE_CHECKING:
    from vaereg.basics.metrics.declared import FrechetParams


class Frechet:
    """Compares mean and covariance of generated and real features.

    The distance is biased upwards by about C / N, so only values with equal N are comparable.
    `frechet_distance_infinity` removes this bias: it is the intercept of a line fitted to the
    distance against 1 / N over subsets of both sets. Subsets are nested and chosen by content, so
    the order of examples does not matter.

    Influences refer to the value at the given N: the interval covers how far other draws would move
    it, not the bias. In simulations with features as of EfficientNet-Lite0, from 0.08 to 5 examples
    per dimension, the distance and its difference for two sets had 0.75 to 0.98 of the standard
    deviation that the influences predict. If both sets have fewer examples than dimensions, the
    distance is computed from inner products of the examples, which is faster and gives the same
    value.

    Reconstructions of half of the held-out examples are compared with the other half, and so are as
    many samples. Both distances have the bias of this number of examples, so they are larger than
    `frechet_distance`; their difference is nearly free of it.

    Raises:
        vaereg.DataError: for fewer than 2 examples, or features that cannot be compared.

    Source: Heusel et al. 2017, arXiv:1706.08500, eq. 6; Chong and Forsyth 2020, arXiv:1911.07023,
    section 4 (where only the generated set is subsampled, since the real set is large).
    """

    uses_features = True
    scores: Mapping[str, vaereg.ScoreInfo] = {
        "frechet_distance": vaereg.ScoreInfo(
            question="true",
            direction=-1,
            meaning="Fréchet distance between Gaussians fitted to features of samples and of real "
            "data; biased upwards, the more the fewer examples there are.",
        ),
        "frechet_distance_relative": vaereg.ScoreInfo(
            question="true",
            direction=-1,
            meaning="The Fréchet distance divided by the total variance of real features, so it "
            "does not depend on their scale.",
        ),
        "frechet_distance_infinity": vaereg.ScoreInfo(
            question="true",
            direction=-1,
            meaning="The Fréchet distance extrapolated to infinitely many examples; it may be "
            "slightly negative if the distributions are nearly equal.",
        ),
        "frechet_distance_reconstructed": vaereg.ScoreInfo(
            question="true",
            direction=-1,
            meaning="Fréchet distance of reconstructions of one half of the held-out examples from "
            "the other half: the decoder's fault, as far as it exceeds that of real data.",
        ),
        "frechet_distance_added_by_prior": vaereg.ScoreInfo(
            question="true",
            direction=0,
            ideal=0.0,
            meaning="Fréchet distance of samples less that of reconstructions, from the same half "
            "of the held-out examples: the fault of the prior or sampler.",
        ),
        "frechet_distance_relative_reconstructed": vaereg.ScoreInfo(
            question="true",
            direction=-1,
            meaning="Relative Fréchet distance of reconstructions of one half of the held-out "
            "examples from the other half: the decoder's fault, beyond that of real data.",
        ),
        "frechet_distance_relative_added_by_prior": vaereg.ScoreInfo(
            question="true",
            direction=0,
            ideal=0.0,
            meaning="Relative Fréchet distance of samples less that of reconstructions, from the "
            "same half of the held-out examples: the fault of the prior or sampler.",
        ),
        "frechet_distance_infinity_reconstructed": vaereg.ScoreInfo(
            question="true",
            direction=-1,
            meaning="Extrapolated Fréchet distance of reconstructions of one half of the held-out "
            "examples from the other half: the decoder's fault, beyond that of real data.",
        ),
        "frechet_distance_infinity_added_by_prior": vaereg.ScoreInfo(
            question="true",
            direction=0,
            ideal=0.0,
            meaning="Extrapolated Fréchet distance of samples less that of reconstructions, from "
            "the same half of the held-out examples: the fault of the prior or sampler.",
        ),
    }

    def __init__(self, params: FrechetParams, context: vaereg.BuildContext) -> None:
        del context
        self.params = params

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """Measures samples and reconstructions against real features."""
        return self._measure(evidence) | twins(
            evidence, self._measure, added=True, of_features=True
        )

    def _measure(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """All distances, the extrapolated one if there are enough examples for it."""
        measured = _at_this_size(evidence)
        sets = feature_sets(evidence)
        n, d = sets.generated.shape
        fewest = min(n, len(sets.real))
        if evidence.thorough and fewest >= self.params.infinity_examples_per_dimension * d:
            sizes, distances = self._by_size(sets, fewest)
            measured["frechet_distance_infinity"] = vaereg.Measured(
                value=float(np.polyfit(1.0 / sizes, distances, 1)[1]),  # where 1 / N is 0
                sample_size=n,
                curve=np.stack([sizes, distances]),
            )
        return measured

    def _by_size(self, sets: Sets, fewest: int) -> tuple[np.ndarray, np.ndarray]:
        """Sample sizes N, and the distance between N examples of each set."""
        d = sets.real.shape[1]
        least = min(max(fewest // 5, int(1.25 * d)), fewest // 2)
        sizes = np.linspace(max(least, 2), fewest, self.params.sizes).astype(int)
        orders = [vaereg.order_by_content(each) for each in sets]
        moments = [StreamingCovariance(d), StreamingCovariance(d)]
        distances = []
        for start, end in zip([0, *sizes[:-1]], sizes, strict=True):
            for so_far, values, order in zip(moments, sets, orders, strict=True):
                so_far.update(values[order[start:end]])
            distances.append(frechet_distance(moments[0], moments[1]))
        return sizes.astype(np.float64), np.array(distances)


def _at_this_size(evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
    """The distance, and the distance relative to the total variance of real features."""
    sets, spread = feature_sets(evidence), feature_spread(evidence)
    n = len(sets.generated)
    if max(len(each) for each in sets) < sets.real.shape[1]:
        value, by_real, by_generated = frechet_of_few(*sets)
    else:
        real, generated = feature_moments(evidence, "real"), feature_moments(evidence, "generated")
        value, to_real, to_generated = frechet_transport(real, generated)
        by_generated = frechet_influence(sets.generated, generated, real, to_real)
        by_real = frechet_influence(sets.real, real, generated, to_generated)
    # Real examples move the total variance as well.
    moved = squared_lengths(sets.real, spread.mean)
    return {
        "frechet_distance": vaereg.Measured(
            value=value,
            sample_size=n,
            influence_of_generated=by_generated,
            influence_of_real=by_real,
        ),
        "frechet_distance_relative": vaereg.Measured(
            value=value / spread.total,
            sample_size=n,
            influence_of_generated=by_generated / spread.total,
            influence_of_real=by_real / spread.total - value / spread.total**2 * moved,
        ),
    }
