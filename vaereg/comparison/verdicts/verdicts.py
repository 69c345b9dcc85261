"""Effects -> better, worse, equivalent or undecided for each of the three questions.

Each question rests on one primary score that is fixed here, before anything is measured:

    sharp   hf_gap, the power of samples at high frequencies
    varied  coverage in the features of the first extractor
    true    kernel_distance in the features of the first extractor

The rule, with the improvement of B over A and the region of practical equivalence (ROPE), 5 % of
A's distance from the reference: better where the interval lies beyond the ROPE, worse where it lies
beyond it on the other side, equivalent where it lies inside, else undecided (Kruschke 2018,
doi:10.1177/2515245918771304). Nothing below the uncertainty of the reference itself matters
either, so the ROPE is never narrower than half the reference's interval.

The intervals are Holm-adjusted over the questions that were measured
(`vaereg.comparison.statistics.holm`). For a method the exact test of sign flips must reject at 5 %
too. That test is not adjusted: with 6 seeds its p-value is 0.031 at the least, so adjusted it
could never reject; the t intervals keep the error rate over the three questions, and the test
guards each against effects that are not normal. With fewer than 6 seeds nothing is decided:
"exploratory".
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from vaereg.comparison.comparison import METHOD, Verdict
from vaereg.comparison.statistics.badness import badness
from vaereg.comparison.statistics.effect import Effect
from vaereg.comparison.statistics.holm import holm
from vaereg.comparison.statistics.method_effect import (
    LEAST_SEEDS,
    MANY_SEEDS,
    interquartile_mean,
    probability_better,
)
from vaereg.comparison.verdicts.sentence import sentence
from vaereg.comparison.verdicts.vetoes import Veto

ALPHA = 0.05

ROPE = 0.05
"""The share of A's distance from the reference that matters to nobody."""

PRIMARY = {"sharp": "hf_gap", "varied": "coverage", "true": "kernel_distance"}
"""The score that each question rests on."""

OF_FEATURES = ("varied", "true")
"""The questions whose score is measured in features."""


@attrs.frozen(kw_only=True, eq=False)
class Asked:
    """What one question is decided from.

    Args:
        effect: of its primary score.
        pairs: the effects of the seeds.
        rope: half the width of the region of practical equivalence.
    """

    effect: Effect
    pairs: Sequence[Effect]
    rope: float


def primary_name(question: str, extractor: str) -> str:
    """The name of the primary score of a question; empty where it needs features and has none."""
    base = PRIMARY[question]
    if question not in OF_FEATURES:
        return base
    return f"{base}_{extractor}" if extractor else ""


def rope_of(effect: Effect) -> float | None:
    """Half the width of the region of practical equivalence; None without a reference."""
    score = effect.score
    if effect.reference is None:
        return None
    distance = abs(badness(score, effect.value_a) - badness(score, effect.reference))
    least = 0.0
    if score.reference_low is not None and score.reference_high is not None:
        least = (score.reference_high - score.reference_low) / 2
    return max(ROPE * distance, least)


def verdicts(
    question: str,
    effects: Mapping[str, tuple[Effect, Sequence[Effect]]],
    extractor: str,
    vetoes: Mapping[str, Veto],
    labels: tuple[str, str],
) -> tuple[Verdict, ...]:
    """The answers to the three questions.

    Args:
        question: WEIGHTS or METHOD.
        effects: by the score's name, its effect and those of the seeds.
        extractor: the first that both sides have, or an empty string.
        vetoes: by question, why "better" would be no good news.
        labels: how A and B are called.
    """
    asked: dict[str, Asked] = {}
    missing: dict[str, str] = {}
    for each in PRIMARY:
        name = primary_name(each, extractor)
        found = effects.get(name)
        rope = rope_of(found[0]) if found else None
        if found is None:
            missing[each] = f"{name or PRIMARY[each]} was not measured"
        elif rope is None or found[0].interval is None:
            missing[each] = f"{name} has no {'reference' if rope is None else 'interval'}"
        else:
            asked[each] = Asked(effect=found[0], pairs=found[1], rope=rope)
    levels = holm(
        list(asked), lambda one, level: decision(question, asked[one], level) != "undecided", ALPHA
    )
    given = []
    for each in PRIMARY:
        if each in missing:
            text = f"not measured: {missing[each]}"
            given.append(Verdict(question=each, verdict="not measured", sentence=text))
        else:
            one = asked[each]
            given.append(_verdict(question, each, one, levels[each], vetoes.get(each), labels))
    return tuple(given)


def decision(question: str, asked: Asked, level: float) -> str:
    """The verdict at one confidence, before vetoes."""
    seeds = len(asked.pairs)
    if question == METHOD and seeds < LEAST_SEEDS:
        return "exploratory"
    assert asked.effect.interval is not None  # `verdicts` asks no other
    low, high = asked.effect.interval(level)
    if not (math.isfinite(low) and math.isfinite(high)):
        return "undecided"
    if low >= -asked.rope and high <= asked.rope:
        return "equivalent"
    p = asked.effect.p
    rejected = question != METHOD or (p is not None and p < ALPHA)
    if low > asked.rope and rejected:
        return "better"
    if high < -asked.rope and rejected:
        return "worse"
    return "undecided"


def _verdict(
    question: str, each: str, asked: Asked, level: float, veto: Veto | None, labels: tuple[str, str]
) -> Verdict:
    found = decision(question, asked, level)
    against = veto.reason if veto and found == "better" else ""
    if against:
        found = "vetoed"
    score = asked.effect.at(level)
    many = len(asked.pairs) >= MANY_SEEDS
    return Verdict(
        question=each,
        verdict=found,
        score=score,
        rope=asked.rope,
        veto=against,
        sentence=sentence(found, score, asked.rope, labels, against),
        probability_better=_probability(asked) if many else None,
        interquartile_mean=interquartile_mean(np.array(score.by_seed)) if many else None,
    )


def _probability(asked: Asked) -> float:
    score = asked.effect.score
    bad_a = np.array([badness(score, pair.value_a) for pair in asked.pairs])
    bad_b = np.array([badness(score, pair.value_b) for pair in asked.pairs])
    return probability_better(bad_a, bad_b)
