"""The Fréchet distance between Gaussians fitted to features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

import vaereg
from vaereg.basics.metrics.evidence.feature_moments import feature_moments
from vaereg.basics.metrics.evidence.feature_sets import Sets, feature_sets
from vaereg.basics.metrics.evidence.feature_spread import Spread, feature_spread, squared_lengths
from vaereg.basics.metrics.evidence.twins import twins
from vaereg.basics.metrics.formulas.frechet_between_gaussians import (
    Root,
    frechet_distance,
    frechet_distance_of_few,
    frechet_influence,
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
    it, not the bias. With fewer than `examples_per_dimension` examples per dimension, the value is
    mostly bias and has no influences (halves of the examples need half as many, since their
    differences are nearly free of bias). If both sets have fewer examples than dimensions, the
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
        enough = self.params.examples_per_dimension * evidence.features.real.shape[1]
        return self._measure(evidence, enough) | twins(
            evidence,
            lambda half: self._measure(half, enough / 2),
            added=True,
            of_features=True,
        )

    def _measure(self, evidence: vaereg.Evidence, enough: float) -> dict[str, vaereg.Measured]:
        """All distances, the extrapolated one if there are enough examples for it."""
        measured = self._at_this_size(evidence, enough)
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

    def _at_this_size(self, evidence: vaereg.Evidence, enough: float) -> dict[str, vaereg.Measured]:
        """The distances, with influences if both sets have enough examples."""
        sets = feature_sets(evidence)
        spread = feature_spread(evidence)
        if max(len(each) for each in sets) < sets.real.shape[1]:
            value = frechet_distance_of_few(*sets)
            return _absolute_and_relative(value, sets, spread, None, None)
        real, generated = feature_moments(evidence, "real"), feature_moments(evidence, "generated")
        if min(len(each) for each in sets) < enough:
            value = frechet_distance(real, generated)
            return _absolute_and_relative(value, sets, spread, None, None)
        distance, to_real, to_generated = frechet_transport(
            real, generated, Root.of(real.covariance)
        )
        by_generated = frechet_influence(sets.generated, generated, real, to_real)
        by_real = frechet_influence(sets.real, real, generated, to_generated)
        return _absolute_and_relative(distance, sets, spread, by_generated, by_real)

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


def _absolute_and_relative(
    value: float,
    sets: Sets,
    spread: Spread,
    by_generated: np.ndarray | None,
    by_real: np.ndarray | None,
) -> dict[str, vaereg.Measured]:
    """The distance, and the distance relative to the total variance of real features."""
    n = len(sets.generated)
    measured = {
        "frechet_distance": vaereg.Measured(
            value=value,
            sample_size=n,
            influence_of_generated=by_generated,
            influence_of_real=by_real,
        )
    }
    if by_generated is not None and by_real is not None:
        by_generated = by_generated / spread.total
        # Real examples move the total variance as well.
        moved = squared_lengths(sets.real, spread.mean)
        by_real = by_real / spread.total - value / spread.total**2 * moved
    measured["frechet_distance_relative"] = vaereg.Measured(
        value=value / spread.total,
        sample_size=n,
        influence_of_generated=by_generated,
        influence_of_real=by_real,
    )
    return measured
