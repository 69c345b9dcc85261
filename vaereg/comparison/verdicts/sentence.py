"""A verdict in one sentence, with the numbers that it is based on."""

from __future__ import annotations

from collections.abc import Sequence

from vaereg.comparison.comparison import Answer, Difference
from vaereg.comparison.figures import (
    agreeing_pairs,
    both_values,
    change_at_level,
    figure,
    median_change,
    range_of_changes,
    value_of,
)
from vaereg.comparison.statistics.method_effect import LEAST_SEEDS


def sentence(
    verdict: str,
    answers: Sequence[Answer],
    labels: tuple[str, str],
    *,
    veto: str = "",
    relief: str = "",
    lack: str = "",
) -> str:
    """The verdict for a reader.

    Args:
        verdict: one of `vaereg.comparison.comparison.VERDICTS`.
        answers: the answers that it combines, at least one.
        labels: the names of A and B.
        veto: the defect of B, or why "better" is misleading.
        relief: the defect of A that B does not have, if the verdict rests on it.
        lack: why there are fewer answers than a verdict needs.
    """
    a, b = labels
    if verdict == "exploratory":
        seeds = len(answers[0].score.by_seed)
        found = "; ".join(
            f"{_values(each.score)}; {agreeing_pairs(each.score)} pairs agree, median improvement "
            f"{median_change(each.score)}, range {range_of_changes(each.score)}"
            for each in answers
        )
        return f"too few seeds to decide ({seeds} of at least {LEAST_SEEDS}): {found}."
    agree = len({each.verdict for each in answers}) == 1 and not lack
    if verdict == "vetoed":
        found = "; ".join(
            f"{_values(each.score)}; improvement {change_at_level(each.score)}" for each in answers
        )
        if agree and answers[0].verdict == "better":
            return f"{b} would be better than {a} ({found}), but {veto}."
        return f"{b} has a defect that {a} has not: {veto}. Otherwise: {found}."
    if relief:
        found = "; ".join(map(_reason, answers))
        return f"{b} is better than {a}: {relief}. Otherwise: {found}."
    both = " in both feature spaces" if len(answers) > 1 else ""
    heads = {
        "better": f"{b} is better than {a}{both}",
        "worse": f"{b} is worse than {a}{both}"
        if agree
        else f"{b} is worse than {a} in one feature space and better in none",
        "equivalent": f"{a} and {b} are equivalent{both}",
        "contested": "the feature spaces disagree, so this is no success",
        "undecided": "inconclusive" + (f", since {lack}" if lack else ""),
    }
    found = "; ".join(
        _reason(each) if agree else f"{each.verdict}: {_reason(each)}" for each in answers
    )
    return f"{heads[verdict]}: {found}."


def _values(score: Difference) -> str:
    reference = (
        f"; real data {value_of(score, score.reference)}" if score.reference is not None else ""
    )
    return f"{both_values(score)}{reference}"


def _reason(answer: Answer) -> str:
    """The values of the score, and why they give this answer."""
    score, rope = answer.score, answer.rope
    values, effect = _values(score), change_at_level(score)
    if answer.verdict == "equivalent":
        return (
            f"{values}; the improvement, {effect}, lies within {_negligible(score, rope)}, a "
            "negligible difference"
        )
    if answer.verdict == "undecided":
        return f"{values}; {_why_undecided(score, rope)}"
    return f"{values} (improvement {effect})"


def _negligible(score: Difference, rope: float) -> str:
    return "±" + figure(rope, share=score.share, unit=score.unit).replace(" %", " points")


def _why_undecided(score: Difference, rope: float) -> str:
    low, high = score.low or 0.0, score.high or 0.0
    effect = f"the improvement, {change_at_level(score)}"
    if low > rope or high < -rope:
        return (
            f"{effect}, is clear, but the exact sign-flip test does not confirm it "
            f"(p = {score.p or 0.0:.3f})"
        )
    return f"{effect}, is not clearly inside or outside {_negligible(score, rope)}"
