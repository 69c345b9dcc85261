"""The shares of samples that nearly equal a training example, or another sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

import vaereg
from vaereg.basics.metrics.evidence.feature_sets import enough
from vaereg.basics.metrics.evidence.finite import finite
from vaereg.basics.metrics.evidence.twins import twins
from vaereg.basics.metrics.formulas.altered_copies import AlteredCopies

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

    A copy of an image may be altered: darker, softer, noisy, mirrored or moved by a pixel. So
    `near_copies` counts an image, too, if its distance in `AlteredCopies` is so small, at
    `altered_fraction` of q.

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
            meaning="Share of samples that nearly equal a training example in all values, images "
            "also one that was mirrored, moved by a pixel, or changed in brightness or contrast.",
        ),
        "near_duplicates": vaereg.ScoreInfo(
            question="varied",
            direction=-1,
            share=True,
            meaning="Share of samples that nearly equal another sample in all values.",
        ),
        "near_duplicates_reconstructed": vaereg.ScoreInfo(
            question="varied",
            direction=-1,
            share=True,
            meaning="Share of reconstructions of one half of the held-out examples that nearly "
            "equal another one: what the decoder makes equal.",
        ),
    }

    def __init__(self, params: NearCopiesParams, context: vaereg.BuildContext) -> None:
        del context
        self.params = params

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """Measures samples against the training data and against each other."""
        finite(np.asarray(evidence.train), "training examples")
        measured = self._repeats(evidence) | twins(evidence, self._repeats)
        generated_copied, real_copied = self._copied(evidence)
        if evidence.unseen is not None:
            generated_copied = generated_copied[evidence.unseen]
        if len(generated_copied):
            measured["near_copies"] = self._measured(generated_copied, real_copied)
        return measured

    def _repeats(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        generated, real = (_to_others(evidence, which) for which in ("generated", "real"))
        return {"near_duplicates": self._measured(*self._near(generated, real))}

    def _copied(self, evidence: vaereg.Evidence) -> tuple[np.ndarray, np.ndarray]:
        """Which samples (n,) and which real examples (p,) nearly equal a training example."""
        generated, real = (
            vaereg.nearest_in_training(evidence, which).distances[:, 0]
            for which in ("generated", "real")
        )
        generated_copied, real_copied = self._near(generated, real)
        spec = evidence.data_spec
        if spec.form == "image" and AlteredCopies.fits(spec.shape):
            copies = AlteredCopies(np.asarray(evidence.train))
            generated_altered, real_altered = self._near(
                *(
                    copies.distances(np.asarray(each))
                    for each in (evidence.generated, evidence.real)
                ),
                altered=True,
            )
            return generated_copied | generated_altered, real_copied | real_altered
        return generated_copied, real_copied

    def _near(
        self, generated: np.ndarray, real: np.ndarray, *, altered: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        """Which samples at distances (n,) are near, and which real examples at distances (p,)."""
        known = real[np.isfinite(real)]
        if not len(known):
            return np.zeros(len(generated), bool), np.zeros(len(real), bool)
        fraction = self.params.altered_fraction if altered else self.params.fraction
        near = fraction * np.quantile(known, self.params.quantile)
        return generated <= near, real <= near

    def _measured(self, generated: np.ndarray, real: np.ndarray) -> vaereg.Measured:
        """The share of samples that are near (n,), given which real examples are (p,)."""
        equal = generated.astype(float)
        return vaereg.Measured(
            value=float(equal.mean()),
            sample_size=len(equal),
            influence_of_generated=equal,
            limit=self.params.allowed + float(real.mean()),
        )


def _to_others(evidence: vaereg.Evidence, which: str) -> np.ndarray:
    """The distance (n,) of each example from the nearest other one."""
    values = finite(np.asarray(getattr(evidence, which)), f"{which} examples")
    enough(len(values), which, 2)
    distances: np.ndarray = vaereg.nearest_other(evidence, which).distances[:, 0]
    return distances
