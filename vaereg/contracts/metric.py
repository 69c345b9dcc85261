"""The contract of a metric, and the scores that it measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import attrs
import numpy as np

from vaereg.contracts.evidence import Evidence

QUESTIONS = ("sharp", "varied", "true", "health")
"""The question that a score answers: is it sharp, varied, true to the data; is the VAE healthy?"""


def _known(instance: object, attribute: object, value: str) -> None:
    del instance, attribute
    if value not in QUESTIONS:
        raise ValueError(f"question must be one of {', '.join(QUESTIONS)}; got {value!r}")


@attrs.frozen(kw_only=True)
class ScoreInfo:
    """What a score means, known before anything is measured.

    Args:
        question: "sharp", "varied", "true" or "health".
        direction: +1 where larger is better, -1 where smaller is, 0 where neither.
        ideal: with direction 0, the value that is best, such as 0 dB or a ratio of 1; None where
            no value is better than another.
        meaning: what it is, in one sentence, for a reader who sees it in a table.
        unit: such as "dB" or "nats"; empty for shares and ratios.
        share: whether it is the share of examples that something holds for, shown in percent.

    Raises:
        ValueError: for another question or direction.
    """

    question: str = attrs.field(validator=_known)
    direction: int = attrs.field(validator=attrs.validators.in_((-1, 0, 1)))
    meaning: str
    ideal: float | None = None
    unit: str = ""
    share: bool = False


@attrs.frozen(kw_only=True, eq=False)
class Measured:
    """One score as it was measured.

    The influences say how much each example moved the value, which gives the interval and the
    comparison of two models (the infinitesimal jackknife, Jaeckel 1972; Efron 1982): the variance
    of the value is var(influence_of_generated) / n + var(influence_of_real) / p. Their means do
    not matter. For a mean over examples the influences are the examples' own values, so those of
    a share are zeros and ones.

    Args:
        value: the figure.
        sample_size: how many generated (or, where it uses real data alone, real) examples it
            was computed from.
        influence_of_generated: (n,) the influence of each generated example, or None where it has
            none.
        influence_of_real: (p,) the influence of each held-out real example, or None where it has
            none. Two models that are measured against the same real examples share them.
        values: (n,) a value of each example that is kept for plots, or None.
        curve: (2, m), a curve that is kept for plots, x and then y, or None.
    """

    value: float
    sample_size: int
    influence_of_generated: np.ndarray | None = None
    influence_of_real: np.ndarray | None = None
    values: np.ndarray | None = None
    curve: np.ndarray | None = None


class Metric(Protocol):
    """A callable on evidence: it measures the scores that it declares.

    Laws: a score that is measured is declared in `scores`; it is finite on finite data, does not
    depend on the order of examples, and measures real data against real data too (its reference). A
    score that the evidence does not allow is left out: one of features where there are none, one
    of the model where there is none.

    Attributes:
        scores: what it may measure, by name.
        uses_features: whether it is called once for each feature extractor, whose name is then
            put behind that of the score.
    """

    scores: Mapping[str, ScoreInfo]
    uses_features: bool

    def __call__(self, evidence: Evidence) -> Mapping[str, Measured]: ...
