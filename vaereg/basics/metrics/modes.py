"""The classes of samples, according to a classifier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

import vaereg
from vaereg.basics.metrics.evidence.feature_sets import enough
from vaereg.basics.metrics.evidence.finite import finite
from vaereg.basics.metrics.evidence.twins import twins

if TYPE_CHECKING:
    from vaereg.basics.metrics.declared import ModesParams


class Modes:
    """Compares the class shares of generated and real data, by the most probable class.

    A classifier can also be confident about meaningless images, so the shares mean little if
    `unsure_rate` or precision is bad. Feature extractors without class probabilities give no
    scores.

    Raises:
        vaereg.DataError: for no examples, or probabilities that are not finite.

    Source: after Srivastava et al. 2017, arXiv:1705.07761, section 4 (missing modes).
    """

    uses_features = True
    scores: Mapping[str, vaereg.ScoreInfo] = {
        "missing_modes": vaereg.ScoreInfo(
            question="varied",
            direction=-1,
            unit="classes",
            meaning="Number of classes whose share in samples is below a tenth of their share in "
            "real data, according to a classifier.",
        ),
        "class_distance": vaereg.ScoreInfo(
            question="varied",
            direction=-1,
            meaning="Total variation distance between the class shares of samples and of real "
            "data: the share of samples that would have to change class.",
        ),
        "class_entropy_ratio": vaereg.ScoreInfo(
            question="varied",
            direction=0,
            ideal=1.0,
            meaning="Entropy of the class shares of samples over that of real data; below 1, some "
            "classes dominate.",
        ),
        "unsure_rate": vaereg.ScoreInfo(
            question="true",
            direction=-1,
            share=True,
            meaning="Share of samples for which the classifier gives no class a probability of at "
            "least one half: samples between classes.",
        ),
        "class_distance_reconstructed": vaereg.ScoreInfo(
            question="varied",
            direction=-1,
            meaning="The same distance between reconstructions of one half of the held-out "
            "examples and the other half: classes that the decoder changes.",
        ),
        "unsure_rate_reconstructed": vaereg.ScoreInfo(
            question="true",
            direction=-1,
            share=True,
            meaning="The same share of reconstructions: what the decoder makes uncertain.",
        ),
    }

    def __init__(self, params: ModesParams, context: vaereg.BuildContext) -> None:
        del context
        self.params = params

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """Measures the classes, if the feature extractor has class probabilities."""
        if evidence.features.real_probabilities is None:
            return {}
        return self._measure(evidence) | twins(
            evidence, self._measure, of=("class_distance", "unsure_rate")
        )

    def _measure(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        of_real = evidence.features.real_probabilities
        of_generated = evidence.features.generated_probabilities
        if of_real is None or of_generated is None:
            return {}
        of_real = finite(np.asarray(of_real), "class probabilities of real examples")
        of_generated = finite(np.asarray(of_generated), "class probabilities of samples")
        enough(len(of_real), "real", 2)
        enough(len(of_generated), "generated", 2)
        classes = of_real.shape[1]
        real, generated = of_real.argmax(axis=1), of_generated.argmax(axis=1)
        real_share = np.bincount(real, minlength=classes) / len(real)
        share = np.bincount(generated, minlength=classes) / len(generated)
        n = len(generated)
        missing = np.sum(share < self.params.missing * real_share)
        excess = np.sign(share - real_share) / 2
        unsure = (of_generated.max(axis=1) < self.params.unsure).astype(float)
        measured = {
            "missing_modes": vaereg.Measured(value=float(missing), sample_size=n),
            "class_distance": vaereg.Measured(
                value=float(np.abs(share - real_share).sum() / 2),
                sample_size=n,
                influence_of_generated=excess[generated],
                influence_of_real=-excess[real],
            ),
            "unsure_rate": vaereg.Measured(
                value=float(unsure.mean()), sample_size=n, influence_of_generated=unsure
            ),
        }
        entropy, surprise = _entropy(share)
        real_entropy, real_surprise = _entropy(real_share)
        if real_entropy > 0.0:
            ratio = entropy / real_entropy
            measured["class_entropy_ratio"] = vaereg.Measured(
                value=ratio,
                sample_size=n,
                influence_of_generated=surprise[generated] / real_entropy,
                influence_of_real=-ratio / real_entropy * real_surprise[real],
            )
        return measured


def _entropy(shares: np.ndarray) -> tuple[float, np.ndarray]:
    """The entropy of shares in nats, and the surprise -log share (classes,), 0 for a share of 0."""
    surprise = -np.log(np.where(shares > 0.0, shares, 1.0))
    return float(np.sum(shares * surprise)), surprise
