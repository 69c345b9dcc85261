"""The nearest-neighbour two-sample test."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

import vaereg
from vaereg.basics.metrics.evidence.feature_neighbours import feature_neighbours
from vaereg.basics.metrics.evidence.feature_sets import feature_sets


class OneNearestNeighbour:
    """Guesses from the nearest other example whether an example is generated.

    If real and generated data have the same distribution, half of the guesses are right on each
    side. If one set is larger than the other, only as many of its examples are searched as the
    other has. A tie counts as half right. For blurred samples nearly all guesses are right, even if
    their precision is high.

    Raises:
        vaereg.DataError: for fewer than 2 examples, or features that cannot be compared.

    Source: Lopez-Paz and Oquab 2017, arXiv:1610.06545; Xu et al. 2018, arXiv:1806.07755 (both
    sides separately).
    """

    uses_features = True
    scores: Mapping[str, vaereg.ScoreInfo] = {
        "nn_accuracy_generated": vaereg.ScoreInfo(
            question="true",
            direction=0,
            ideal=0.5,
            share=True,
            meaning="Share of samples whose nearest other example is also a sample: 50 % if "
            "samples are indistinguishable from real data, 100 % if they are always recognised.",
        ),
        "nn_accuracy_real": vaereg.ScoreInfo(
            question="true",
            direction=0,
            ideal=0.5,
            share=True,
            meaning="Share of real examples whose nearest other example is real: 50 % if they are "
            "indistinguishable from samples, below 50 % if samples crowd around real examples.",
        ),
    }

    def __init__(self, params: object, context: vaereg.BuildContext) -> None:
        del params, context

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """Measures both sides."""
        real, generated = feature_sets(evidence)
        fewer = min(len(real), len(generated))

        def right(own: str, other: str) -> np.ndarray:
            within = feature_neighbours(evidence, own, own, at_most=fewer)[0][:, 0]
            across = feature_neighbours(evidence, own, other, at_most=fewer)[0][:, 0]
            each: np.ndarray = (within < across) + 0.5 * (within == across)
            return each

        of_generated, of_real = right("generated", "real"), right("real", "generated")
        n = len(generated)
        return {
            "nn_accuracy_generated": vaereg.Measured(
                value=float(of_generated.mean()), sample_size=n, influence_of_generated=of_generated
            ),
            "nn_accuracy_real": vaereg.Measured(
                value=float(of_real.mean()), sample_size=n, influence_of_real=of_real
            ),
        }
