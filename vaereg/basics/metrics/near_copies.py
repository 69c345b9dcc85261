"""The shares of samples that nearly equal a training example, or another sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

import vaereg
from vaereg.basics.metrics.evidence.feature_sets import enough
from vaereg.basics.metrics.evidence.finite import finite

if TYPE_CHECKING:
    from vaereg.basics.metrics.declared import NearCopiesParams


class NearCopies:
    """Counts samples that are much nearer to an example than different real examples ever are.

    With d(x, S) the Euclidean distance over all values from x to its nearest neighbour in S, and q
    the `quantile` of d over held-out examples, a sample x counts if d(x, S) <= `fraction` q. S are
    the training examples for `near_copies`, and the other samples for `near_duplicates`, whose q is
    that of held-out examples among themselves. So rounding and faint noise do not hide a copy, and
    unlike the metrics `copies` and `duplicates`, which real data scores 1 % in by definition, real
    data scores about 0: a few copies are seen. Each score has a limit: `allowed` plus the share of
    real data, which may hold equal examples.

    Raises:
        vaereg.DataError: for fewer than 2 examples, or values that are not finite.

    Source: after Meehan et al. 2020, arXiv:2004.05675 (distances of held-out examples as the
    reference).
    """

    uses_features = False
    scores: Mapping[str, vaereg.ScoreInfo] = {
        "near_copies": vaereg.ScoreInfo(
            question="true",
            direction=-1,
            share=True,
            meaning="Share of samples that nearly equal a training example in all values.",
        ),
        "near_duplicates": vaereg.ScoreInfo(
            question="varied",
            direction=-1,
            share=True,
            meaning="Share of samples that nearly equal another sample in all values.",
        ),
    }

    def __init__(self, params: NearCopiesParams, context: vaereg.BuildContext) -> None:
        del context
        self.params = params

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """Measures samples against the training data and against each other."""
        finite(np.asarray(evidence.train), "training examples")
        generated, real = (_to_others(evidence, which) for which in ("generated", "real"))
        measured = {"near_duplicates": self._share(generated, real)}
        to_train = vaereg.nearest_in_training(evidence, "generated").distances[:, 0]
        if evidence.unseen is not None:
            to_train = to_train[evidence.unseen]
        if len(to_train):
            held_out = vaereg.nearest_in_training(evidence, "real").distances[:, 0]
            measured["near_copies"] = self._share(to_train, held_out)
        return measured

    def _share(self, generated: np.ndarray, real: np.ndarray) -> vaereg.Measured:
        """The share of samples at distances (n,) that are near, given those of real ones (p,)."""
        near = self.params.fraction * np.quantile(real, self.params.quantile)
        equal = (generated <= near).astype(float)
        return vaereg.Measured(
            value=float(equal.mean()),
            sample_size=len(equal),
            influence_of_generated=equal,
            limit=self.params.allowed + float((real <= near).mean()),
        )


def _to_others(evidence: vaereg.Evidence, which: str) -> np.ndarray:
    """The distance (n,) of each example from the nearest other one."""
    values = finite(np.asarray(getattr(evidence, which)), f"{which} examples")
    enough(len(values), which, 2)
    distances: np.ndarray = vaereg.nearest_other(evidence, which).distances[:, 0]
    return distances
