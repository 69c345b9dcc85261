"""The result of comparing evaluated runs: differences with intervals, and three verdicts."""

from __future__ import annotations

import math
from typing import Literal

import attrs

from vaereg.contracts.plain_values import JsonObject, JsonValue
from vaereg.evaluation.evaluation import base_name, is_twin

FORM = 3
"""Increases when a key of the JSON form changes its meaning."""

Design = Literal["paired_seeds", "one_pair"]

PAIRED_SEEDS: Design = "paired_seeds"
"""Is the method better? Pairs of trainings with equal seeds; covers the noise of training."""

ONE_PAIR: Design = "one_pair"
"""Are these trained weights better? One run of each; covers the noise of sampling alone."""

VERDICTS = (
    "better",
    "worse",
    "equivalent",
    "contested",
    "undecided",
    "exploratory",
    "vetoed",
    "not measured",
)
"""The verdicts on B compared with A. "contested": two feature spaces decide differently, which is
no success. "exploratory": too few seeds to decide. "vetoed": B scores better, but because of a
defect that the score rewards."""


@attrs.frozen(kw_only=True)
class Side:
    """One of the two sides of a comparison.

    Args:
        label: its name in tables: the model or the run, with @SAMPLER and #SEED where given.
        model: the declared model.
        runs: the run folders, in the order of `Comparison.seeds`.
        sampler: the full name of the sampler.
        sampling_seed: the seed of the samples.
        cause: a sentence on what its samples lack, and why.
    """

    label: str
    model: str
    runs: tuple[str, ...]
    sampler: str
    sampling_seed: int
    cause: str = ""


@attrs.frozen(kw_only=True)
class Difference:
    """One score of A and B.

    Args:
        name: the name of the score, such as "coverage_classifier".
        extractor: the feature extractor it was measured with, or an empty string.
        question: "sharp", "varied", "true" or "health".
        direction, ideal, unit, share, meaning: see `vaereg.ScoreInfo`.
        value_a, value_b: the values; with several seeds, means over them.
        reference: real data against real data; None for scores of the model.
        effect: by how much B is better than A, in the score's own unit; negative if B is worse.
            If the score has an ideal, how much closer B is to it; for ratios, in natural
            logarithms. If no value is better than another (`directed` is false), B - A.
        low, high: the interval of the effect; None if there is none.
        level: the confidence of the interval.
        p: the two-sided p-value of no difference; None if there is none.
        procedure: in words, how the interval and the p-value were computed.
        by_seed: the effect of each seed, in the order of `Comparison.seeds`.
        directed: whether a positive effect is an improvement.
        in_logarithms: whether the effect is a difference of |log ratio|.
    """

    name: str
    extractor: str = ""
    question: str
    direction: int
    ideal: float | None = None
    unit: str = ""
    share: bool = False
    meaning: str = ""
    value_a: float
    value_b: float
    reference: float | None = None
    effect: float
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    p: float | None = None
    procedure: str = ""
    by_seed: tuple[float, ...] = ()
    directed: bool = True
    in_logarithms: bool = False

    @property
    def base(self) -> str:
        """The name without that of the extractor."""
        return base_name(self.name, self.extractor)

    @property
    def is_twin(self) -> bool:
        """Whether it is a score of reconstructions, or what sampling adds to one."""
        return is_twin(self.base)


@attrs.frozen(kw_only=True)
class Answer:
    """What one primary score says about a question: in one feature space, or of the images.

    Args:
        space: the feature extractor, or an empty string.
        verdict: one of VERDICTS, before vetoes, for B compared with A.
        score: the primary score, with its interval at the confidence of the answer.
        rope: the region of practical equivalence: effects within ± rope are negligible.
        probability_better: the probability that a training of B beats one of A (with 10 seeds or
            more).
        interquartile_mean: the interquartile mean of the seeds' effects (with 10 seeds or more).
    """

    space: str = ""
    verdict: str = attrs.field(validator=attrs.validators.in_(VERDICTS))
    score: Difference
    rope: float
    probability_better: float | None = None
    interquartile_mean: float | None = None


@attrs.frozen(kw_only=True)
class Verdict:
    """The verdict on one of the three questions.

    Args:
        question: "sharp", "varied" or "true".
        verdict: one of VERDICTS, for B compared with A.
        answers: the answers that the verdict combines: one for each feature space that decides, a
            single one for a question that needs no features, none if nothing was measured.
        veto: why "better" was withdrawn, or an empty string.
        sentence: the verdict for a reader, in one sentence.
    """

    question: str
    verdict: str = attrs.field(validator=attrs.validators.in_(VERDICTS))
    answers: tuple[Answer, ...] = ()
    veto: str = ""
    sentence: str = ""


@attrs.frozen(kw_only=True)
class Comparison:
    """The result of `vaereg compare A B`.

    Args:
        design: "paired_seeds" or "one_pair".
        a, b: the sides.
        seeds: the training seeds of the pairs; a single one for "one_pair".
        spaces: the feature spaces that decide, at most two.
        verdicts: one for each of "sharp", "varied" and "true", in this order.
        scores: all scores that both sides have, in the order in which they were measured.
        procedure: in words, how the verdicts were reached.
        preset: "quick" or "full".
        warnings: notes that a reader must know.
    """

    design: Design = attrs.field(validator=attrs.validators.in_((PAIRED_SEEDS, ONE_PAIR)))
    a: Side
    b: Side
    seeds: tuple[int, ...]
    spaces: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    scores: tuple[Difference, ...]
    procedure: str
    preset: str
    warnings: tuple[str, ...] = ()

    def as_dict(self) -> JsonObject:
        """The content for `--json`; a number that is not finite becomes None."""
        content: JsonObject = _jsonable({"form": FORM, **attrs.asdict(self)})
        return content


def _jsonable(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {key: _jsonable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
