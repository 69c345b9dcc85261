"""The share of samples that copy a training example, measured in features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

import vaereg
from vaereg.basics.metrics.evidence.feature_neighbours import feature_neighbours
from vaereg.basics.metrics.evidence.feature_sets import feature_sets
from vaereg.basics.metrics.evidence.finite import finite
from vaereg.basics.metrics.formulas.copied_share import copied_share

if TYPE_CHECKING:
    from vaereg.basics.metrics.declared import CopiesParams


class Copies:
    """Compares the distances of samples and of held-out examples from the training data.

    Blur does not affect the score. Features that are sensitive to invisible noise miss noisy
    copies, so the metric skips the feature extractors listed in `not_in`.

    Raises:
        vaereg.DataError: for fewer than 2 examples, or features that cannot be compared.

    Source: after Meehan et al. 2020, arXiv:2004.05675 (distances of held-out examples as the
    reference).
    """

    uses_features = True
    scores: Mapping[str, vaereg.ScoreInfo] = {
        "copy_rate": vaereg.ScoreInfo(
            question="true",
            direction=-1,
            share=True,
            meaning="Share of samples that are memorised: nearer to a training example than nearly "
            "all held-out examples.",
        ),
    }

    def __init__(self, params: CopiesParams, context: vaereg.BuildContext) -> None:
        del context
        self.params = params

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """Measures samples against the training data, unless `not_in` lists the extractor."""
        if evidence.features.name in self.params.not_in:
            return {}
        feature_sets(evidence)
        finite(np.asarray(evidence.features.train), "features of training examples")
        measured = copied_share(
            feature_neighbours(evidence, "generated", "train")[0][:, 0],
            feature_neighbours(evidence, "real", "train")[0][:, 0],
            self.params.quantile,
            evidence.unseen,
        )
        return {} if measured is None else {"copy_rate": measured}
