"""The contract of a metric, and the scores that it measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import attrs
import numpy as np

from vaereg.contracts.evidence import Evidence

QUESTIONS = ("sharp", "varied", "true", "health")
"""The questions that scores answer: are samples sharp, varied, true to the data; is the VAE
healthy?"""


def _check_question(instance: object, attribute: object, value: str) -> None:
    del instance, attribute
    if value not in QUESTIONS:
        raise ValueError(f"question must be one of {', '.join(QUESTIONS)}; got {value!r}")


@attrs.frozen(kw_only=True)
class ScoreInfo:
    """The declaration of a score: what it means and which values are better.

    Args:
        question: "sharp", "varied", "true" or "health".
        direction: +1 if larger is better, -1 if smaller is better, 0 if neither.
        ideal: with direction 0, the best value, such as 0 dB or a ratio of 1; None if no value is
            better than another.
        meaning: one sentence that explains the score to a reader of a table.
        unit: such as "dB" or "nats"; empty for shares and ratios.
        share: whether the score is a share of examples, shown in percent.

    Raises:
        ValueError: for another question or direction.
    """

    question: str = attrs.field(validator=_check_question)
    direction: int = attrs.field(validator=attrs.validators.in_((-1, 0, 1)))
    meaning: str
    ideal: float | None = None
    unit: str = ""
    share: bool = False


@attrs.frozen(kw_only=True, eq=False)
class Measured:
    """One measured score.

    The influences say how much each example moves the value. They give the interval and the
    comparison of two models (the infinitesimal jackknife, Jaeckel 1972; Efron 1982): the variance
    of the value is var(influence_of_generated) / n + var(influence_of_real) / p. Their means do
    not matter. For a mean over examples, the influences are the examples' own values; for a share,
    these are zeros and ones.

    Args:
        value: the value of the score.
        sample_size: the number of generated examples (or of real ones, if it uses only real data)
            from which it was computed.
        influence_of_generated: (n,) the influence of each generated example, or None.
        influence_of_real: (p,) the influence of each held-out real example, or None. Two models
            measured against the same real examples share these examples.
        values: (n,) one value per example for plots, or None.
        curve: (2, m) a curve for plots, x and y, or None.
        limit: a value beyond which the score shows a defect, in the direction in which it gets
            worse, such as its 99 % quantile between halves of the real data; None if no single
            value separates good from defective.
        detail: what the value is about where that differs from one evaluation to another, such as
            "every 4 columns" for a pattern; a few words that a sentence may quote, or empty.
    """

    value: float
    sample_size: int
    influence_of_generated: np.ndarray | None = None
    influence_of_real: np.ndarray | None = None
    values: np.ndarray | None = None
    curve: np.ndarray | None = None
    limit: float | None = None
    detail: str = ""


class Metric(Protocol):
    """A callable on evidence that measures the scores it declares.

    Laws: every measured score is declared in `scores`; it is finite on finite data, does not
    depend on the order of examples, and can be measured for real data against real data (its
    reference). Scores that the evidence does not allow are left out, such as scores of the model
    if there is no model.

    Attributes:
        scores: the scores that it may measure, by name.
        uses_features: whether it is called once for each feature extractor, whose name is then
            appended to the score's name.
    """

    scores: Mapping[str, ScoreInfo]
    uses_features: bool

    def __call__(self, evidence: Evidence) -> Mapping[str, Measured]: ...
