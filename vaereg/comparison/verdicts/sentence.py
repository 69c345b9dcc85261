"""A verdict in one sentence, with the numbers that it is based on."""

from __future__ import annotations

from vaereg.comparison.comparison import Difference
from vaereg.comparison.figures import (
    agreeing_pairs,
    change_at_level,
    figure,
    median_change,
    range_of_changes,
    value_of,
)
from vaereg.comparison.statistics.method_effect import LEAST_SEEDS


def sentence(
    verdict: str, score: Difference, rope: float, labels: tuple[str, str], veto: str = ""
) -> str:
    """The verdict for a reader.

    Args:
        verdict: one of `vaereg.comparison.comparison.VERDICTS`.
        score: the primary score, with its interval.
        rope: half the width of the region of practical equivalence.
        labels: the names of A and B.
        veto: why "better" was withdrawn.
    """
    a, b = labels
    reference = (
        f"; real data {value_of(score, score.reference)}" if score.reference is not None else ""
    )
    values = (
        f"{score.name} {value_of(score, score.value_b)} against {value_of(score, score.value_a)}"
        f"{reference}"
    )
    if verdict == "exploratory":
        return (
            f"too few seeds to decide ({len(score.by_seed)} of at least {LEAST_SEEDS}): {values}; "
            f"{agreeing_pairs(score)} pairs agree, median improvement {median_change(score)}, "
            f"range {range_of_changes(score)}."
        )
    effect = change_at_level(score)
    sentences = {
        "better": f"{b} is better than {a}: {values} (improvement {effect}).",
        "worse": f"{b} is worse than {a}: {values} (improvement {effect}).",
        "equivalent": f"{a} and {b} are equivalent: {values}; the improvement, {effect}, lies "
        f"within {_negligible(score, rope)}, a negligible difference.",
        "undecided": f"inconclusive: {values}; {_why_undecided(score, rope)}.",
        "vetoed": f"{b} would be better than {a} ({values}; improvement {effect}), but {veto}.",
    }
    return sentences[verdict]


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
