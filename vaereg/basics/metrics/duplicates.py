"""The share of samples that nearly equal another sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.distance import pdist

import vaereg
from vaereg.basics.metrics.evidence.feature_neighbours import feature_neighbours
from vaereg.basics.metrics.evidence.feature_sets import feature_sets

if TYPE_CHECKING:
    from vaereg.basics.metrics.declared import DuplicatesParams

PAIRED = 500
"""The number of examples over whose pairs the median distance is taken."""


class Duplicates:
    """The share of samples that are closer to another sample than real examples are to each other.

    Distances are in units of the median distance between two examples of the same set, because
    blurred samples are all closer together than real ones without being duplicates. A sample counts
    if its distance to the nearest other sample is at most the `quantile` of this distance among
    real examples, so real data itself scores `quantile`. The larger set is reduced to the size of
    the smaller one before the search.

    Raises:
        vaereg.DataError: for fewer than 3 examples, or features that cannot be compared.

    Source: after the birthday paradox test of Arora and Zhang 2018, arXiv:1706.08224, in which a
    person inspects the pairs.
    """

    uses_features = True
    scores: Mapping[str, vaereg.ScoreInfo] = {
        "duplicate_rate": vaereg.ScoreInfo(
            question="varied",
            direction=-1,
            share=True,
            meaning="Share of samples with a near duplicate among the samples: closer, in units of "
            "the median distance, than nearly all real examples are to each other.",
        ),
    }

    def __init__(self, params: DuplicatesParams, context: vaereg.BuildContext) -> None:
        del context
        self.quantile = params.quantile

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """Measures the generated features, with the real ones as the scale."""
        real, generated = feature_sets(evidence, least=3)
        fewer = min(len(real), len(generated))

        def apart(which: str, values: np.ndarray) -> np.ndarray:
            return _in_units(
                feature_neighbours(evidence, which, which, at_most=fewer)[0][:, 0],
                _median_distance(values),
            )

        limit = np.quantile(apart("real", real), self.quantile)
        distances = apart("generated", generated)
        duplicate = (distances <= limit).astype(float)
        return {
            "duplicate_rate": vaereg.Measured(
                value=float(duplicate.mean()),
                sample_size=len(generated),
                influence_of_generated=duplicate,
            )
        }


def _in_units(distances: np.ndarray, unit: float) -> np.ndarray:
    """Distances over a unit; if most examples are equal, so that it is 0, others are far away."""
    if unit > 0.0:
        return distances / unit
    return np.where(distances > 0.0, np.finfo(float).max, 0.0)


def _median_distance(values: np.ndarray) -> float:
    chosen = values[vaereg.order_by_content(values)[:PAIRED]]
    return float(np.median(pdist(chosen)))
