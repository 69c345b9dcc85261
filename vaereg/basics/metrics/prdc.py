"""Improved precision and recall, density and coverage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

import vaereg
from vaereg.basics.metrics.evidence.feature_pairs import feature_pairs
from vaereg.basics.metrics.evidence.feature_sets import feature_sets
from vaereg.basics.metrics.evidence.twins import twins

if TYPE_CHECKING:
    from vaereg.basics.metrics.declared import PrdcParams


class Prdc:
    """Counts examples of one set that lie within k-nearest-neighbour balls of the other.

    With R real, F generated, and r_k(X_j) the distance of X_j from its k-th neighbour in its set:

        precision = mean_i 1[some j: |F_i - R_j| < r_k(R_j)]
        recall = mean_j 1[some i: |R_j - F_i| < r_k(F_i)]
        density = mean_i #{j: |F_i - R_j| < r_k(R_j)} / k
        coverage = mean_j 1[min_i |R_j - F_i| < r_c(R_j)]

    Coverage has a k of its own, c. If samples follow the distribution of real data, chance leaves a
    real example uncovered with a probability of 2^-c (Naeem et al., eq. 9, for many examples). With
    c = 5 that is 3 %, and the noise of these examples hides a class in ten that is missing; with
    c = 10 it is 0.1 %.

    The inequalities are strict, so k + 1 copies of one sample span no ball and do not raise recall.

    One sample may cover several real examples, which are then covered together or not at all.
    Therefore samples have influences on recall and coverage too: the number of real examples that
    would be lost without the sample, times n / p (the leave-one-out difference). With the
    influences of real examples alone, two sets of samples from the same model would differ
    "significantly" in a quarter of all comparisons.

    Scores of reconstructions use half of the examples on either side, so they are comparable with
    their own reference but not with the scores of samples.

    Raises:
        vaereg.DataError: for k or c examples or fewer, or features that cannot be compared.

    Source: Kynkaanniemi et al. 2019, arXiv:1904.06991, eq. 1; Naeem et al. 2020, arXiv:2002.09797,
    eq. 4 and 5.
    """

    uses_features = True
    scores: Mapping[str, vaereg.ScoreInfo] = {
        "precision": vaereg.ScoreInfo(
            question="true",
            direction=1,
            share=True,
            meaning="Share of samples that lie among the real data. Do not read it alone: blurred "
            "samples also lie there and raise it.",
        ),
        "recall": vaereg.ScoreInfo(
            question="varied",
            direction=1,
            share=True,
            meaning="Share of real examples that lie among the samples; outliers among the samples "
            "raise it.",
        ),
        "density": vaereg.ScoreInfo(
            question="true",
            direction=1,
            meaning="How densely real data lies around a sample; 1 for real data. Do not read it "
            "alone: samples near the average, such as blurred ones, raise it above 1.",
        ),
        "coverage": vaereg.ScoreInfo(
            question="varied",
            direction=1,
            share=True,
            meaning="Share of real examples with a sample in their neighbourhood; missing kinds of "
            "samples lower it.",
        ),
        "precision_reconstructed": vaereg.ScoreInfo(
            question="true",
            direction=1,
            share=True,
            meaning="Precision of reconstructions of one half of the held-out examples against the "
            "other half: what the decoder allows.",
        ),
        "recall_reconstructed": vaereg.ScoreInfo(
            question="varied",
            direction=1,
            share=True,
            meaning="Recall of reconstructions of one half of the held-out examples against the "
            "other half: what the decoder allows.",
        ),
        "density_reconstructed": vaereg.ScoreInfo(
            question="true",
            direction=1,
            meaning="Density of reconstructions of one half of the held-out examples against the "
            "other half: what the decoder allows.",
        ),
        "coverage_reconstructed": vaereg.ScoreInfo(
            question="varied",
            direction=1,
            share=True,
            meaning="Coverage by reconstructions of one half of the held-out examples, of the "
            "other half: what the decoder allows.",
        ),
    }

    def __init__(self, params: PrdcParams, context: vaereg.BuildContext) -> None:
        del context
        self.k, self.coverage_k = params.k, params.coverage_k

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """Measures samples and reconstructions against real features."""
        return self._measure(evidence) | twins(
            evidence, self._measure, least=self._least, of_features=True
        )

    @property
    def _least(self) -> int:
        return max(self.k, self.coverage_k) + 1

    def _measure(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        k = self.k
        n = len(feature_sets(evidence, least=self._least).generated)
        found = feature_pairs(evidence, k, self.coverage_k)
        real_radii = found.x_in_x.distances[:, self.coverage_k - 1]
        distances, indices = found.x_in_y
        within = distances[:, :2] < real_radii[:, None]
        # Covered by its nearest sample only, since the second nearest is too far away.
        only_nearest = indices[within[:, 0] & ~within[:, 1], 0]
        counts = found.x_in_balls.counts
        only_one = found.x_in_balls.sole[counts == 1]
        return {
            "precision": _of_samples(found.y_in_balls.counts > 0),
            "density": _of_samples(found.y_in_balls.counts / k),
            "recall": _of_real(counts > 0, only_one, n),
            "coverage": _of_real(within[:, 0], only_nearest, n),
        }


def _of_samples(values: np.ndarray) -> vaereg.Measured:
    each = values.astype(np.float64)
    return vaereg.Measured(
        value=float(each.mean()), sample_size=len(each), influence_of_generated=each
    )


def _of_real(hit: np.ndarray, sole: np.ndarray, n: int) -> vaereg.Measured:
    """The share of real examples that samples cover.

    Args:
        hit: (p,) whether each real example is covered.
        sole: for each real example that exactly one sample covers, the index of that sample.
        n: the number of samples.
    """
    each = hit.astype(np.float64)
    lost = np.bincount(sole, minlength=n) * (n / len(each))
    return vaereg.Measured(
        value=float(each.mean()), sample_size=n, influence_of_generated=lost, influence_of_real=each
    )
