"""The effective number of distinct samples, relative to real data."""

from __future__ import annotations

from collections.abc import Mapping

import vaereg
from vaereg.basics.metrics.evidence.feature_sets import feature_sets
from vaereg.basics.metrics.formulas.effective_number import effective_number


class VendiRatio:
    """Compares the Vendi score of generated features with that of real ones.

    The ratio detects missing classes, but hardly any repeated samples; `duplicate_rate` detects
    those. Samples unlike anything real raise it above 1. If the sets differ in size, the larger one
    is reduced to the size of the smaller one, and there is no interval.

    Raises:
        vaereg.DataError: for fewer than 2 examples, or features that cannot be compared.

    Source: Friedman and Dieng 2023, arXiv:2210.02410, with the cosine as the kernel.
    """

    uses_features = True
    scores: Mapping[str, vaereg.ScoreInfo] = {
        "vendi_ratio": vaereg.ScoreInfo(
            question="varied",
            direction=0,
            ideal=1.0,
            meaning="Effective number of distinct samples over that of real examples (Vendi score, "
            "cosine of features): below 1, kinds are missing; above 1, there are samples unlike "
            "anything real. Repeated samples hardly change it.",
        ),
    }

    def __init__(self, params: object, context: vaereg.BuildContext) -> None:
        del params, context

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """Measures generated against real features."""
        sets = feature_sets(evidence)
        fewer = min(len(each) for each in sets)
        real, generated = (
            effective_number(
                each if len(each) == fewer else each[vaereg.order_by_content(each)[:fewer]]
            )
            for each in sets
        )
        ratio = generated.value / real.value
        whole = len(sets.real) == len(sets.generated)
        return {
            "vendi_ratio": vaereg.Measured(
                value=ratio,
                sample_size=fewer,
                influence_of_generated=generated.influence / real.value if whole else None,
                influence_of_real=-ratio / real.value * real.influence if whole else None,
            )
        }
