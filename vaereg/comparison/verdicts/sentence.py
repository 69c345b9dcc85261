"""A verdict in one sentence, with the figures that it rests on."""

from __future__ import annotations

from vaereg.comparison.comparison import Difference
from vaereg.comparison.figures import change, change_interval, figure, percent, value_of


def sentence(
    verdict: str, score: Difference, rope: float, labels: tuple[str, str], veto: str = ""
) -> str:
    """The verdict for a reader.

    Args:
        verdict: one of `vaereg.comparison.comparison.VERDICTS`.
        score: the primary score, with its interval.
        rope: half the width of the region of practical equivalence.
        labels: how A and B are called.
        veto: why "better" was taken back.
    """
    a, b = labels
    reference = (
        f"; real data {value_of(score, score.reference)}" if score.reference is not None else ""
    )
    values = (
        f"{score.name} {value_of(score, score.value_b)} against {value_of(score, score.value_a)}"
        f"{reference}"
    )
    effect = f"{change(score)} {change_interval(score)} at {percent(score.level)}"
    within = _within(score, rope)
    told = {
        "better": f"{b} is better than {a}: {values} (improvement {effect}).",
        "worse": f"{b} is worse than {a}: {values} (improvement {effect}).",
        "equivalent": f"{a} and {b} are as good as equal: {values}; the interval of the "
        f"improvement, {effect}, lies within {within}, which matters to nobody.",
        "undecided": f"it cannot be told which is better: {values}; {_why_undecided(score, rope)}.",
        "exploratory": f"too few seeds to decide ({len(score.by_seed)}; at least 6 are needed): "
        f"{values} (improvement {effect}).",
        "vetoed": f"{b} would be better than {a} ({values}; improvement {effect}), but {veto}.",
    }
    return told[verdict]


def _within(score: Difference, rope: float) -> str:
    return "±" + figure(rope, share=score.share, unit=score.unit).replace(" %", " points")


def _why_undecided(score: Difference, rope: float) -> str:
    low, high = score.low or 0.0, score.high or 0.0
    effect = f"the improvement, {change(score)} {change_interval(score)} at {percent(score.level)}"
    if low > rope or high < -rope:
        return f"{effect}, is clear, but the exact sign-flip test gives p = {score.p or 0.0:.3f}"
    return f"{effect}, may matter or not (it does not within {_within(score, rope)})"
