"""Effects -> better, worse, equivalent, contested or undecided for each of the three questions.

The verdict on each question is based on one primary score. These scores are fixed in
`vaereg.comparison.headline_scores` before anything is measured:

    sharp   spectrum_distance, the distance of the spectra of samples and of real images
    varied  coverage in the features of two extractors
    true    kernel_distance in the features of two extractors

The rule compares the interval of B's improvement over A with the region of practical equivalence
(ROPE), 5 % of A's distance from the reference: better if the interval lies beyond the ROPE, worse
if it lies beyond on the other side, equivalent if it lies inside, otherwise undecided (Kruschke
2018, doi:10.1177/2515245918771304). A difference below the uncertainty of the reference itself is
negligible too, so the ROPE is never narrower than half the reference's interval.

One feature space can be blind to a defect that another one sees. So a question that is measured in
features is answered in two spaces (`vaereg.comparison.spaces`). If both give the same answer, it is
the verdict. If both are decided and differ, the verdict is "contested". If one is undecided, so is
the verdict. But a defect need only be visible in one space: if one says worse, at its share of the
error rate, and no space says better, the verdict is worse. A further space may testify in the same
way (`WITNESSES`): against "better" it makes the verdict contested, otherwise worse. With fewer than
two spaces the verdict is "undecided", whatever the one space says. Defects that the primary scores
overlook or reward can veto a verdict (`vaereg.comparison.verdicts.vetoes`).

The intervals are Holm-adjusted over the questions that were measured, in each space by itself
(`vaereg.comparison.statistics.holm`): a false verdict on a question needs a false answer in both
spaces. A question without features takes part in the adjustment of every space and keeps the
highest confidence. With paired seeds, the exact sign-flip test must reject at 5 % too. That test is
not adjusted: with 6 seeds its p-value is at least 0.031, so adjusted it could never reject; the t
intervals keep the error rate over the three questions, and the test guards each against effects
that are not normal. With fewer than 6 seeds nothing is decided: "exploratory".
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from vaereg.comparison.comparison import PAIRED_SEEDS, Answer, Design, Verdict
from vaereg.comparison.headline_scores import NEEDS, OF_FEATURES, PRIMARY, primary_names
from vaereg.comparison.spaces import Spaces
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
from vaereg.comparison.verdicts.vetoes import Defects

ALPHA = 0.05

ROPE = 0.05
"""The share of A's distance from the reference that is negligible."""


@attrs.frozen(kw_only=True, eq=False)
class Grounds:
    """The grounds for the answer to one question in one space.

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
    spaces: Spaces,
    defects: Mapping[str, Defects],
    labels: tuple[str, str],
) -> tuple[Verdict, ...]:
    """The verdicts on the three questions.

    Args:
        design: the design of the comparison.
        effects: the effects by the name of the score.
        spaces: the feature spaces that decide.
        defects: what other scores say, by question.
        labels: the names of A and B.
    """
    grounds: dict[str, Grounds] = {}
    missing: dict[str, str] = {}
    measured_in = (*spaces.names, *spaces.witnesses)
    for question in PRIMARY:
        for name in primary_names(question, measured_in):
            found = _grounds(name, effects)
            if isinstance(found, Grounds):
                grounds[name] = found
            else:
                missing[name] = found
    levels = _levels(design, grounds, measured_in)

    def verdict(question: str) -> Verdict:
        names = primary_names(question, spaces.names)
        lacking = [missing[name] for name in names if name in missing]
        lack = spaces.lack if question in OF_FEATURES else ""
        if not names:
            return Verdict(
                question=question, verdict="undecided", sentence=f"inconclusive, since {lack}."
            )
        if len(lacking) == len(names):
            why = "; ".join(lacking)
            return Verdict(
                question=question, verdict="not measured", sentence=f"not measured: {why}"
            )
        answers = tuple(
            _answer(design, grounds[name], levels[name]) for name in names if name in grounds
        )
        combined = combine([each.verdict for each in answers])
        seen = _worse_in(design, grounds, primary_names(question, measured_in), levels)
        if seen and combined in {"better", "equivalent", "undecided"}:
            witnesses = [name for name in seen if name not in names]
            answers += tuple(_answer(design, grounds[name], levels[name]) for name in witnesses)
            combined = _with_a_defect(combined, answers)
        if (lack or lacking) and combined != "exploratory":
            combined = "undecided"
        ruling = defects[question].ruling(combined, answers, may_decide=not lack)
        return Verdict(
            question=question,
            verdict=ruling.verdict,
            answers=answers,
            veto=ruling.veto,
            sentence=sentence(
                ruling.verdict,
                answers,
                labels,
                veto=ruling.veto,
                relief=ruling.relief,
                lack=lack or "; ".join(lacking),
            ),
        )

    return tuple(map(verdict, PRIMARY))


def combine(answers: Sequence[str]) -> str:
    """One verdict from the answers of several spaces."""
    found = set(answers)
    if len(found) == 1:
        return answers[0]
    return next((each for each in ("exploratory", "undecided") if each in found), "contested")


def _worse_in(
    design: Design,
    grounds: Mapping[str, Grounds],
    names: Sequence[str],
    levels: Mapping[str, float],
) -> list[str]:
    """The scores that say worse, with the error rate shared among the spaces."""
    return [
        name
        for name in names
        if name in grounds
        and decision(design, grounds[name], 1 - (1 - levels[name]) / len(names)) == "worse"
    ]


def _with_a_defect(combined: str, answers: Sequence[Answer]) -> str:
    """The verdict if a space says worse that does not disagree with all others.

    A defect need only be visible in one space; but if another one says better, they disagree.
    """
    found = {each.verdict for each in answers}
    return "contested" if combined == "better" or "better" in found else "worse"


def _grounds(name: str, effects: Mapping[str, ScoreEffects]) -> Grounds | str:
    """The grounds of a score, or why there are none."""
    of_score = effects.get(name)
    if of_score is None:
        return f"{name} needs {NEEDS[name]}" if name in NEEDS else f"{name} was not measured"
    rope = rope_of(of_score.overall)
    if rope is None or of_score.overall.interval is None:
        return f"{name} has no {'reference' if rope is None else 'interval'}"
    return Grounds(effects=of_score, rope=rope)


def _levels(
    design: Design, grounds: Mapping[str, Grounds], spaces: Sequence[str]
) -> dict[str, float]:
    """The confidence of each primary score, adjusted over the questions in each space."""

    def is_clear(name: str, level: float) -> bool:
        return decision(design, grounds[name], level) != "undecided"

    levels: dict[str, float] = {}
    for space in spaces or ("",):
        names = [name for question in PRIMARY for name in primary_names(question, [space])]
        measured = [name for name in names if name in grounds]
        for name, level in holm(measured, is_clear, ALPHA).items():
            levels[name] = max(level, levels.get(name, 0.0))
    return levels


def decision(design: Design, grounds: Grounds, level: float) -> str:
    """The answer at one confidence."""
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


def _answer(design: Design, grounds: Grounds, level: float) -> Answer:
    score = grounds.effects.overall.at(level)
    many = len(grounds.effects.by_pair) >= MANY_SEEDS
    return Answer(
        space=score.extractor,
        verdict=decision(design, grounds, level),
        score=score,
        rope=grounds.rope,
        probability_better=_probability_better(grounds.effects) if many else None,
        interquartile_mean=interquartile_mean(np.array(score.by_seed)) if many else None,
    )


def _probability_better(effects: ScoreEffects) -> float:
    score = effects.overall.score
    bad_a = np.array([shortfall(score, pair.value_a) for pair in effects.by_pair])
    bad_b = np.array([shortfall(score, pair.value_b) for pair in effects.by_pair])
    return probability_better(bad_a, bad_b)
