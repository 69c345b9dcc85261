"""The share of samples that copy a training example, measured in their values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

import vaereg
from vaereg.basics.metrics.evidence.feature_sets import enough
from vaereg.basics.metrics.evidence.finite import finite
from vaereg.basics.metrics.formulas.copied_share import copied_share

if TYPE_CHECKING:
    from vaereg.basics.metrics.declared import PixelCopiesParams


class PixelCopies:
    """The copy rate by Euclidean distance between the values of examples.

    Raises:
        vaereg.DataError: for fewer than 2 examples, or values that are not finite.

    Source: see the metric `copies`.
    """

    uses_features = False
    scores: Mapping[str, vaereg.ScoreInfo] = {
        "copy_rate_values": vaereg.ScoreInfo(
            question="true",
            direction=-1,
            share=True,
            meaning="Share of samples that are memorised: nearer to a training example, in all "
            "values, than nearly all held-out examples.",
        ),
    }

    def __init__(self, params: PixelCopiesParams, context: vaereg.BuildContext) -> None:
        del context
        self.params = params

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """Measures samples against the training data."""
        finite(np.asarray(evidence.train), "training examples")

        def distances(which: str) -> np.ndarray:
            values = finite(np.asarray(getattr(evidence, which)), f"{which} examples")
            enough(len(values), which, 2)
            first: np.ndarray = vaereg.nearest_in_training(evidence, which).distances[:, 0]
            return first

        measured = copied_share(
            distances("generated"), distances("real"), self.params.quantile, evidence.unseen
        )
        return {} if measured is None else {"copy_rate_values": measured}
