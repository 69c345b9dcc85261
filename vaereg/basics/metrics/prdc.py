"""Improved precision and recall, density and coverage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

import vaereg
from vaereg.basics.metrics.feature_sets import feature_sets
from vaereg.basics.metrics.nearest import nearest

if TYPE_CHECKING:
    from vaereg.basics.declared.metrics import PrdcParams


class Prdc:
    """Asks which examples of one set lie within the k-th neighbour's distance in the other.

    With r_k(X_j) the distance of X_j from its k-th neighbour in its own set, R real, F generated:

        precision = mean_i 1[some j: |F_i - R_j| < r_k(R_j)]
        recall = mean_j 1[some i: |R_j - F_i| < r_k(F_i)]
        density = mean_i #{j: |F_i - R_j| < r_k(R_j)} / k
        coverage = mean_j 1[min_i |R_j - F_i| < r_k(R_j)]

    A distance is "within" strictly, so k + 1 copies of one sample span no ball and raise no recall.

    Raises:
        vaereg.DataError: for k or fewer examples, or features that cannot be compared.

    Source: Kynkaanniemi et al. 2019, arXiv:1904.06991, eq. 1; Naeem et al. 2020, arXiv:2002.09797,
    eq. 4 and 5.
    """

    uses_features = True
    scores: Mapping[str, vaereg.ScoreInfo] = {
        "precision": vaereg.ScoreInfo(
            question="true",
            direction=1,
            share=True,
            meaning="Share of samples that lie among the real data. Never read it alone: blurred "
            "samples lie there too and raise it.",
        ),
        "recall": vaereg.ScoreInfo(
            question="varied",
            direction=1,
            share=True,
            meaning="Share of real examples that lie among the samples; far-off samples raise it.",
        ),
        "density": vaereg.ScoreInfo(
            question="true",
            direction=1,
            meaning="How densely real data lies about a sample, 1 for real data. Never read it "
            "alone: samples near the average, such as blurred ones, raise it beyond 1.",
        ),
        "coverage": vaereg.ScoreInfo(
            question="varied",
            direction=1,
            share=True,
            meaning="Share of real examples that have a sample in their neighbourhood: what is "
            "missing lowers it.",
        ),
    }

    def __init__(self, params: PrdcParams, context: vaereg.BuildContext) -> None:
        del context
        self.k = params.k

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """Measures generated against real features."""
        k = self.k
        real, generated = feature_sets(evidence, least=k + 1)
        real_radii = nearest(evidence, "real", "real", k)[0][:, -1]
        generated_radii = nearest(evidence, "generated", "generated", k)[0][:, -1]
        among_real = vaereg.count_within(generated, real, real_radii)
        among_generated = vaereg.count_within(real, generated, generated_radii)
        to_generated = nearest(evidence, "real", "generated")[0][:, 0]
        per_sample = {"precision": (among_real > 0).astype(float), "density": among_real / k}
        per_real = {
            "recall": (among_generated > 0).astype(float),
            "coverage": (to_generated < real_radii).astype(float),
        }
        n = len(generated)
        measured = {
            name: vaereg.Measured(value=float(np.mean(each)), sample_size=n, generated=each)
            for name, each in per_sample.items()
        }
        for name, each in per_real.items():
            measured[name] = vaereg.Measured(value=float(np.mean(each)), sample_size=n, real=each)
        return measured
