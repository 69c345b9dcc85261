"""The kernel distance between features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

import vaereg
from vaereg.basics.metrics.feature_moments import feature_moments
from vaereg.basics.metrics.feature_sets import feature_sets
from vaereg.basics.metrics.polynomial_discrepancy import polynomial_discrepancy


class Kernel:
    """The unbiased squared discrepancy of generated and real features under a cubic kernel.

    The kernel is not indifferent to scale, so features are centred on the mean of real ones and
    divided by one number, the root of the mean variance of a real feature. Being unbiased it does
    not grow as examples get fewer, and is a little below 0 about half of the time where both sets
    follow one law.

    Raises:
        vaereg.DataError: for fewer than 2 examples, or features that cannot be compared.

    Source: Binkowski et al. 2018, arXiv:1801.01401, section 4 (without the scale).
    """

    uses_features = True
    scores: Mapping[str, vaereg.ScoreInfo] = {
        "kernel_distance": vaereg.ScoreInfo(
            question="true",
            direction=-1,
            meaning="Kernel distance (squared MMD, cubic kernel) of features that are centred and "
            "divided by one scale, both of real data: unbiased, so 0 on average where samples "
            "follow the law of real data. Not comparable with KID of unscaled features.",
        ),
    }

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        del params, context

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """Measures generated against real features."""
        real, generated = feature_sets(evidence)
        moments = feature_moments(evidence, "real")
        scale = np.sqrt(np.trace(moments.covariance) / real.shape[1])
        found = polynomial_discrepancy(
            (real - moments.mean) / scale, (generated - moments.mean) / scale
        )
        return {
            "kernel_distance": vaereg.Measured(
                value=found.value,
                sample_size=len(generated),
                generated=found.by_generated,
                real=found.by_real,
            )
        }
