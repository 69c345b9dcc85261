"""Effects -> better, worse, equivalent or undecided for each of the three questions.

The verdict on each question is based on one primary score. These scores are fixed in
`vaereg.comparison.headline_scores` before anything is measured:

    sharp   hf_gap, the power of samples at high frequencies
    varied  coverage in the features of the first extractor
    true    kernel_distance in the features of the first extractor

The rule compares the interval of B's improvement over A with the region of practical equivalence
(ROPE), 5 % of A's distance from the reference: better if the interval lies beyond the ROPE, worse
if it lies beyond on the other side, equivalent if it lies inside, otherwise undecided (Kruschke
2018, doi:10.1177/2515245918771304). A difference below the uncertainty of the reference itself is
negligible too, so the ROPE is never narrower than half the reference's interval.

The intervals are Holm-adjusted over the questions that were measured
(`vaereg.comparison.statistics.holm`). With paired seeds, the exact sign-flip test must reject at
5 % too. That test is not adjusted: with 6 seeds its p-value is at least 0.031, so adjusted it
could never reject; the t intervals keep the error rate over the three questions, and the test
guards each against effects that are not normal. With fewer than 6 seeds nothing is decided:
"exploratory".
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import attrs
import numpy as np

from vaereg.comparison.comparison import PAIRED_SEEDS, Design, Verdict
from vaereg.comparison.headline_scores import PRIMARY, primary_name
from vaereg.comparison.statistics.effect import Effect, ScoreEffects
from vaereg.comparison.statistics.holm import holm
from vaereg.comparison.statistics.method_effect import (
    LEAST_SEEDS,
    MANY_SEEDS,
    interquartile_mean,
    probability_better,
)
from vaereg.comparison.statistics.shortfall import shortfall
from vaereg.comparison.verdicts.sentence import sentence
from vaereg.comparison.verdicts.vetoes import Veto

ALPHA = 0.05

ROPE = 0.05
"""The share of A's distance from the reference that is negligible."""


@attrs.frozen(kw_only=True, eq=False)
class Grounds:
    """The grounds for the decision on one question.

    Args:
        effects: the effects in its primary score.
        rope: half the width of the region of practical equivalence.
    """

    effects: ScoreEffects
    rope: float


def rope_of(effect: Effect) -> float | None:
    """Half the width of the region of practical equivalence; None without a reference."""
    score = effect.score
    if effect.reference is None:
        return None
    distance = abs(shortfall(score, effect.value_a) - shortfall(score, effect.reference))
    least = 0.0
    if score.reference_low is not None and score.reference_high is not None:
        least = (score.reference_high - score.reference_low) / 2
    return max(ROPE * distance, least)


def verdicts(
    design: Design,
    effects: Mapping[str, ScoreEffects],
    extractor: str,
    vetoes: Mapping[str, Veto],
    labels: tuple[str, str],
) -> tuple[Verdict, ...]:
    """The answers to the three questions.

    Args:
        design: the design of the comparison.
        effects: the effects by the name of the score.
        extractor: the first feature extractor that both sides have, or an empty string.
        vetoes: by question, why "better" would be misleading.
        labels: the names of A and B.
    """
    grounds: dict[str, Grounds] = {}
    missing: dict[str, str] = {}
    for question in PRIMARY:
        name = primary_name(question, extractor)
        of_score = effects.get(name)
        rope = rope_of(of_score.overall) if of_score else None
        if of_score is None:
            missing[question] = f"{name or PRIMARY[question]} was not measured"
        elif rope is None or of_score.overall.interval is None:
            missing[question] = f"{name} has no {'reference' if rope is None else 'interval'}"
        else:
            grounds[question] = Grounds(effects=of_score, rope=rope)

    def is_clear(question: str, level: float) -> bool:
        return decision(design, grounds[question], level) != "undecided"

    levels = holm(list(grounds), is_clear, ALPHA)
    return tuple(
        Verdict(
            question=question,
            verdict="not measured",
            sentence=f"not measured: {missing[question]}",
        )
        if question in missing
        else _verdict(
            question, design, grounds[question], levels[question], vetoes.get(question), labels
        )
        for question in PRIMARY
    )


def decision(design: Design, grounds: Grounds, level: float) -> str:
    """The verdict at one confidence, before vetoes."""
    effect, seeds = grounds.effects.overall, len(grounds.effects.by_pair)
    if design == PAIRED_SEEDS and seeds < LEAST_SEEDS:
        return "exploratory"
    assert effect.interval is not None  # otherwise `verdicts` says "not measured"
    low, high = effect.interval(level)
    if not (math.isfinite(low) and math.isfinite(high)):
        return "undecided"
    if low >= -grounds.rope and high <= grounds.rope:
        return "equivalent"
    rejected = design != PAIRED_SEEDS or (effect.p is not None and effect.p < ALPHA)
    if low > grounds.rope and rejected:
        return "better"
    if high < -grounds.rope and rejected:
        return "worse"
    return "undecided"


def _verdict(
    question: str,
    design: Design,
    grounds: Grounds,
    level: float,
    veto: Veto | None,
    labels: tuple[str, str],
) -> Verdict:
    verdict = decision(design, grounds, level)
    reason = veto.reason if veto and verdict == "better" else ""
    if reason:
        verdict = "vetoed"
    score = grounds.effects.overall.at(level)
    many = len(grounds.effects.by_pair) >= MANY_SEEDS
    return Verdict(
        question=question,
        verdict=verdict,
        score=score,
        rope=grounds.rope,
        veto=reason,
        sentence=sentence(verdict, score, grounds.rope, labels, reason),
        probability_better=_probability_better(grounds.effects) if many else None,
        interquartile_mean=interquartile_mean(np.array(score.by_seed)) if many else None,
    )


def _probability_better(effects: ScoreEffects) -> float:
    score = effects.overall.score
    bad_a = np.array([shortfall(score, pair.value_a) for pair in effects.by_pair])
    bad_b = np.array([shortfall(score, pair.value_b) for pair in effects.by_pair])
    return probability_better(bad_a, bad_b)
