"""How many samples are nearly the same as another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial.distance import pdist

import vaereg
from vaereg.basics.metrics.evidence.feature_neighbours import feature_neighbours
from vaereg.basics.metrics.evidence.feature_sets import feature_sets
from vaereg.basics.metrics.formulas.order_by_content import order_by_content

if TYPE_CHECKING:
    from vaereg.basics.metrics.declared import DuplicatesParams

PAIRED = 500
"""The median distance is that of all pairs of so many examples."""


class Duplicates:
    """The share of samples that another sample is closer to than real examples are to each other.

    Distances are in units of the median distance of a pair of the same set, since blurred samples
    are all closer together than real ones and no duplicates for that. A sample counts if its
    nearest other one is at most as far as the `quantile` of such distances of real examples, which
    is thus the score of real data. Where the one set is larger, so many of it as the other has are
    searched.

    Raises:
        vaereg.DataError: for fewer than 3 examples, or features that cannot be compared.

    Source: after the birthday test of Arora and Zhang 2018, arXiv:1706.08224, without its eye.
    """

    uses_features = True
    scores: Mapping[str, vaereg.ScoreInfo] = {
        "duplicate_rate": vaereg.ScoreInfo(
            question="varied",
            direction=-1,
            share=True,
            meaning="Share of samples with a near duplicate among the samples: closer, in units of "
            "the median distance, than but few real examples are to another.",
        ),
    }

    def __init__(self, params: DuplicatesParams, context: vaereg.BuildContext) -> None:
        del context
        self.quantile = params.quantile

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """Measures the generated features by the real ones."""
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
    """Distances over a unit; where that is 0, most examples being equal, others are far."""
    if unit > 0.0:
        return distances / unit
    return np.where(distances > 0.0, np.finfo(float).max, 0.0)


def _median_distance(values: np.ndarray) -> float:
    chosen = values[order_by_content(values)[:PAIRED]]
    return float(np.median(pdist(chosen)))
