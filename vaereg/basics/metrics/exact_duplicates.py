"""The share of samples that exactly equal another sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

import vaereg
from vaereg.basics.metrics.evidence.finite import finite


class ExactDuplicates:
    """The share of samples that equal another sample in every value.

    Images are first quantized to 8 bits.

    Raises:
        vaereg.DataError: for no samples, or values that are not finite.
    """

    uses_features = False
    scores: Mapping[str, vaereg.ScoreInfo] = {
        "exact_duplicates": vaereg.ScoreInfo(
            question="varied",
            direction=-1,
            share=True,
            meaning="Share of samples that equal another sample in every value.",
        ),
    }

    def __init__(self, params: object, context: vaereg.BuildContext) -> None:
        del params, context

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """Measures the samples."""
        values = finite(np.asarray(evidence.generated, np.float32), "generated examples")
        if evidence.data_spec.form == "image":
            values = np.rint(np.clip(values, 0.0, 1.0) * 255.0).astype(np.uint8)
        else:
            values = values + np.float32(0.0)  # -0.0 equals 0.0
        rows = [row.tobytes() for row in values]
        times = Counter(rows)
        repeated = np.array([times[row] > 1 for row in rows], float)
        return {
            "exact_duplicates": vaereg.Measured(
                value=float(repeated.mean()),
                sample_size=len(repeated),
                influence_of_generated=repeated,
            )
        }
