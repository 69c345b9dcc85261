"""Did it help? The three verdicts of a comparison, and the evidence for them."""

from __future__ import annotations

import math

import attrs

from vaereg.comparison.comparison import (
    PAIRED_SEEDS,
    Answer,
    Comparison,
    Difference,
    Verdict,
)
from vaereg.reporting.content import Owner, Section
from vaereg.reporting.figures import written
from vaereg.reporting.sections.scores import QUESTIONS
from vaereg.reporting.sections.seeds import Compared

LIGHTS = {
    "better": ("good", "▲"),
    "worse": ("bad", "▼"),
    "equivalent": ("even", "="),
    "contested": ("open", "≠"),
    "undecided": ("open", "?"),
    "exploratory": ("open", "…"),
    "vetoed": ("bad", "✕"),
    "not measured": ("none", written.ABSENT),
}
"""The colour and the sign of each verdict, always shown with the word."""


@attrs.frozen(kw_only=True)
class Interval:
    """An effect on a small axis, in percent of its length.

    Args:
        zero: the position of no effect.
        rope_low, rope_high: the ends of the negligible effects.
        at, low, high: the effect and its interval.
    """

    zero: float
    rope_low: float
    rope_high: float
    at: float
    low: float
    high: float


@attrs.frozen(kw_only=True)
class Figures:
    """The difference of one score as text; empty where it was not measured.

    Args:
        name, meaning: the name and the meaning of the score.
        reference, value_a, value_b: the values for real data and for both sides.
        effect, between, level, p: by how much B is better, the interval, its confidence, and the
            p-value.
        directed: whether a positive effect is an improvement; otherwise the effect is B - A.
    """

    name: str
    meaning: str
    reference: str
    value_a: str
    value_b: str
    effect: str
    between: str
    level: str
    p: str
    directed: bool


@attrs.frozen(kw_only=True)
class Ground:
    """One primary score as text: what it says about its question.

    Args:
        figures: the figures of the score.
        rope: which effects are negligible.
        interval: the effect as a picture, or None.
        word: its answer, before vetoes.
        light, sign: the colour and the sign of the answer.
    """

    figures: Figures
    rope: str
    interval: Interval | None
    word: str
    light: str
    sign: str


@attrs.frozen(kw_only=True)
class VerdictText:
    """The verdict on one question as text.

    Args:
        question: the question, as a heading.
        word: the verdict.
        light, sign: the colour and the sign of the verdict.
        sentence: the verdict in one sentence.
        grounds: the primary scores, one for each feature space; none if nothing was measured.
        more: further results, a sentence each.
    """

    question: str
    word: str
    light: str
    sign: str
    sentence: str
    grounds: tuple[Ground, ...]
    more: tuple[str, ...]


@attrs.frozen(kw_only=True)
class Verdicts:
    """The verdicts of a comparison, all scores, and the procedure."""

    template = "verdict.html.j2"

    comparison: Comparison
    causes: tuple[tuple[Owner, str], ...]
    verdicts: tuple[VerdictText, ...]
    others: tuple[Figures, ...]
    facts: tuple[str, ...]


def verdict(compared: Compared) -> Section:
    """The three answers, their causes, and the procedure."""
    comparison = compared.comparison
    several = comparison.design == PAIRED_SEEDS
    asked = (
        "Is this method better? Both models were trained with "
        f"{len(comparison.seeds)} seeds, so chance in training is taken into account."
        if several
        else "Are these trained weights better? Only the noise of sampling is taken into account; "
        "another training of either model could give another answer."
    )
    evaluation = compared.a[0]
    data = evaluation.evaluated_on
    extractors = ", ".join(
        f"{name} ({each.identity[:12]})" for name, each in evaluation.extractors.items()
    )
    facts = [
        f"{evaluation.generated:,} samples against {data.held_out:,} real examples of the "
        f"{data.split} split",
        f"training seed{'s' if len(comparison.seeds) > 1 else ''} "
        + ", ".join(map(str, comparison.seeds)),
        *([f"features of {extractors}"] if extractors else []),
    ]
    return Section(
        key="verdict",
        name="Verdict",
        title=f"Is B {comparison.b.label} better than A {comparison.a.label}?",
        lead=asked,
        blocks=[
            Verdicts(
                comparison=comparison,
                causes=tuple(
                    (Owner(letter=letter, label=side.label, series=series), told)
                    for letter, series, side in (("A", "a", comparison.a), ("B", "b", comparison.b))
                    if (told := side.cause.removeprefix(f"{side.label}: "))
                ),
                verdicts=tuple(map(verdict_text, comparison.verdicts)),
                others=tuple(map(figures, comparison.scores)),
                facts=tuple(facts),
            )
        ],
    )


def verdict_text(verdict: Verdict) -> VerdictText:
    """One verdict as text."""
    light, sign = LIGHTS[verdict.verdict]
    more = []
    for each in verdict.answers:
        if each.probability_better is not None:
            chance = written.percent(each.probability_better, 0)
            more.append(
                f"{each.score.name}: a training of B beats one of A with probability {chance}."
            )
        if each.interquartile_mean is not None:
            middle = _effect_text(each.interquartile_mean, each.score)
            more.append(f"{each.score.name}: the interquartile mean of the effects is {middle}.")
    return VerdictText(
        question=QUESTIONS.get(verdict.question, verdict.question),
        word=verdict.verdict,
        light=light,
        sign=sign,
        sentence=verdict.sentence,
        grounds=tuple(map(_ground, verdict.answers)),
        more=tuple(more),
    )


def _ground(answer: Answer) -> Ground:
    light, sign = LIGHTS[answer.verdict]
    return Ground(
        figures=figures(answer.score),
        rope=f"±{_effect_text(answer.rope, answer.score).lstrip('+')}",
        interval=_interval(answer.score, answer.rope),
        word=answer.verdict,
        light=light,
        sign=sign,
    )


def figures(score: Difference) -> Figures:
    """The difference of one score as text."""
    known = score.low is not None and score.high is not None
    return Figures(
        name=score.name,
        meaning=score.meaning,
        reference="" if score.reference is None else _value_text(score.reference, score),
        value_a=_value_text(score.value_a, score),
        value_b=_value_text(score.value_b, score),
        effect=_effect_text(score.effect, score),
        between=f"{_effect_text(score.low, score)} to {_effect_text(score.high, score)}"  # type: ignore[arg-type]
        if known
        else "",
        level=written.percent(score.level, 1 if round(score.level * 1000) % 10 else 0),
        p="" if score.p is None else _p_text(score.p),
        directed=score.directed,
    )


def _value_text(value: float, score: Difference) -> str:
    return written.value_of(value, share=score.share, unit=score.unit)


def _effect_text(value: float, score: Difference) -> str:
    sign = "+" if value > 0 else ""
    if score.share:
        return f"{sign}{written.signed(f'{100 * value:.1f}')}{written.NARROW}points"
    unit = "in ln" if score.in_logarithms else score.unit
    return f"{sign}{written.significant(value)}" + (f"{written.NARROW}{unit}" if unit else "")


def _p_text(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def _interval(score: Difference, rope: float) -> Interval | None:
    if score.low is None or score.high is None:
        return None
    if not all(map(math.isfinite, (score.low, score.high, score.effect))):
        return None
    reach = max(abs(score.low), abs(score.high), rope) * 1.12 or 1.0

    def place(value: float) -> float:
        return round(50 + 50 * value / reach, 2)

    return Interval(
        zero=50.0,
        rope_low=place(-rope),
        rope_high=place(rope),
        at=place(score.effect),
        low=place(score.low),
        high=place(score.high),
    )
