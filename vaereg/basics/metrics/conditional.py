"""How well samples follow the label that they were drawn with."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

import vaereg
from vaereg.basics.metrics.evidence.feature_sets import feature_sets
from vaereg.basics.metrics.evidence.finite import finite
from vaereg.basics.metrics.formulas.cubic_discrepancy import cubic_discrepancy

LEAST = 2
"""The fewest examples of a class, real and generated, for a distance within it."""


class Conditional:
    """Scores by class of a model that is told labels; there are none for other models.

    The accuracy asks a classifier for the class of each sample. The distance within classes is the
    kernel distance of `kernel` between the samples that were told a class and the real examples of
    that class, with features centred and rescaled by the real examples of all classes, averaged
    over the classes. Both also give one value for each class.

    Raises:
        vaereg.DataError: for features or probabilities that are not finite.

    Source: Benny et al. 2021, "Evaluation Metrics for Conditional Image Generation",
    arXiv:2004.12361, section 4.1 (distances within classes), with the kernel distance of Binkowski
    et al. 2018 in place of the Frechet distance, which few examples bias.
    """

    uses_features = True
    scores: Mapping[str, vaereg.ScoreInfo] = {
        "label_accuracy": vaereg.ScoreInfo(
            question="true",
            direction=1,
            share=True,
            meaning="Share of samples that a classifier assigns to the class that they were drawn "
            "for.",
        ),
        "kernel_distance_within_classes": vaereg.ScoreInfo(
            question="true",
            direction=-1,
            meaning="Kernel distance of features between the samples drawn for a class and the "
            "real examples of that class, averaged over the classes; unbiased.",
        ),
    }

    def __init__(self, params: object, context: vaereg.BuildContext) -> None:
        del params
        self.names = context.data_spec.class_names

    def __call__(self, evidence: vaereg.Evidence) -> dict[str, vaereg.Measured]:
        """Measures how well samples follow their labels, if they were drawn with any."""
        if "label" not in evidence.generated_given or "label" not in evidence.real_given:
            return {}
        asked = np.asarray(evidence.generated_given["label"])
        labels = np.asarray(evidence.real_given["label"])
        return self._accuracy(evidence, asked) | self._within(evidence, asked, labels)

    def _accuracy(self, evidence: vaereg.Evidence, asked: np.ndarray) -> dict[str, vaereg.Measured]:
        probabilities = evidence.features.generated_probabilities
        if probabilities is None:
            return {}
        found = finite(np.asarray(probabilities), "class probabilities of samples").argmax(axis=1)
        right = (found == asked).astype(float)
        classes = np.unique(asked)
        shares = np.array([right[asked == each].mean() for each in classes])
        worst = int(np.argmin(shares))
        return {
            "label_accuracy": vaereg.Measured(
                value=float(right.mean()),
                sample_size=len(right),
                influence_of_generated=right,
                curve=np.stack([classes.astype(float), shares]),
                detail=f"{shares[worst]:.0%} for {self._name(int(classes[worst]))}",
            )
        }

    def _within(
        self, evidence: vaereg.Evidence, asked: np.ndarray, labels: np.ndarray
    ) -> dict[str, vaereg.Measured]:
        real, generated = feature_sets(evidence)
        centre = real.mean(axis=0, dtype=np.float64)
        scale = np.sqrt(np.mean((real - centre) ** 2, dtype=np.float64)) or 1.0
        counted = [
            each
            for each in np.unique(labels)
            if min(np.sum(labels == each), np.sum(asked == each)) >= LEAST
        ]
        if not counted:
            return {}
        by_generated, by_real = np.zeros(len(generated)), np.zeros(len(real))
        values = []
        for each in counted:
            ours, theirs = asked == each, labels == each
            found = cubic_discrepancy(
                (real[theirs] - centre) / scale, (generated[ours] - centre) / scale
            )
            values.append(found.value)
            for rows, influence, every in (
                (ours, found.by_generated, by_generated),
                (theirs, found.by_real, by_real),
            ):
                share = np.mean(rows) * len(counted)
                every[rows] = (influence - influence.mean()) / share
        worst = int(np.argmax(values))
        return {
            "kernel_distance_within_classes": vaereg.Measured(
                value=float(np.mean(values)),
                sample_size=len(generated),
                influence_of_generated=by_generated,
                influence_of_real=by_real,
                curve=np.stack([np.asarray(counted, float), np.asarray(values)]),
                detail=f"{values[worst]:.3g} for {self._name(int(counted[worst]))}",
            )
        }

    def _name(self, number: int) -> str:
        return self.names[number] if number < len(self.names) else f"class {number}"
