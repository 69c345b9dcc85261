"""What a comparison of evaluated runs says: differences with intervals, and three verdicts."""

from __future__ import annotations

import math
from typing import Any

import attrs

FORM = 1
"""Grows when a key of the JSON form changes its meaning."""

WEIGHTS = "weights"
"""The question "are these trained weights better?": the noise of sampling alone."""

METHOD = "method"
"""The question "is training so better?": the noise of training, over several seeds."""

VERDICTS = (
    "better",
    "worse",
    "equivalent",
    "undecided",
    "exploratory",
    "vetoed",
    "not measured",
)
"""What B is to A: "exploratory" with too few seeds to decide, "vetoed" where B would be better but
for a defect that such scores reward."""


@attrs.frozen(kw_only=True)
class Side:
    """One of the two that are compared.

    Args:
        label: how tables call it: the model or the run, with @SAMPLER and #SEED where given.
        model: the declared model.
        runs: the run folders, in the order of `Comparison.seeds`.
        sampler: the full name of the sampler.
        sampling_seed: the seed of the samples.
        cause: one sentence: what its samples lack, and where that comes from.
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
        name: of the score, such as "coverage_classifier".
        extractor: the feature extractor it was measured with, or an empty string.
        question: "sharp", "varied", "true" or "health".
        direction, ideal, unit, share, meaning: see `vaereg.ScoreInfo`.
        value_a, value_b: the figures; means over the seeds where there are several.
        reference: real data against real data; None for scores of the model.
        effect: by how much B is better than A, in the score's own unit: negative where B is worse.
            Where the score has an ideal, how much closer B is to it; for ratios, in natural
            logarithms. Where no value is better than another (`evaluated` is false), B - A.
        low, high: the interval of the effect; None where there is none.
        level: its confidence.
        p: the p-value, two-sided, of no difference; None where there is none.
        procedure: in words, how interval and p-value came to be.
        by_seed: the effect of each seed, in the order of `Comparison.seeds`.
        evaluated: whether a positive effect means better.
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
    evaluated: bool = True
    in_logarithms: bool = False


@attrs.frozen(kw_only=True)
class Verdict:
    """The answer to one of the three questions.

    Args:
        question: "sharp", "varied" or "true".
        verdict: one of VERDICTS, of B against A.
        score: the primary score that it rests on, its interval at the level that the verdict was
            made at; None where it was not measured.
        rope: the region of practical equivalence: effects within ± rope matter to nobody.
        veto: why "better" was taken back, or an empty string.
        sentence: the verdict for a reader, in one sentence.
        probability_better: how probably a training of B beats one of A (10 seeds or more).
        interquartile_mean: of the effects of the seeds (10 seeds or more).
    """

    question: str
    verdict: str = attrs.field(validator=attrs.validators.in_(VERDICTS))
    score: Difference | None = None
    rope: float | None = None
    veto: str = ""
    sentence: str = ""
    probability_better: float | None = None
    interquartile_mean: float | None = None


@attrs.frozen(kw_only=True)
class Comparison:
    """What `vaereg compare A B` found.

    Args:
        question: WEIGHTS or METHOD, which of the two was answered.
        a, b: the sides.
        seeds: the training seeds of the pairs; one for WEIGHTS.
        verdicts: one for each of "sharp", "varied" and "true", in this order.
        scores: all scores that both sides have, in the order in which they were measured.
        procedure: in words, how it was decided.
        preset: "quick" or "full".
        warnings: what a reader must know.
    """

    question: str = attrs.field(validator=attrs.validators.in_((WEIGHTS, METHOD)))
    a: Side
    b: Side
    seeds: tuple[int, ...]
    verdicts: tuple[Verdict, ...]
    scores: tuple[Difference, ...]
    procedure: str
    preset: str
    warnings: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The content for `--json`; a figure that is not finite becomes None."""
        content: dict[str, Any] = _jsonable({"form": FORM, **attrs.asdict(self)})
        return content


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _jsonable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
