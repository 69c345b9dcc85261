"""A verdict in one sentence, with the figures that it rests on."""

from __future__ import annotations

from vaereg.evaluation.comparison import Difference
from vaereg.evaluation.figures import change, change_interval, figure, percent, value_of


def sentence(
    verdict: str, score: Difference, rope: float, labels: tuple[str, str], veto: str = ""
) -> str:
    """The verdict for a reader.

    Args:
        verdict: one of `vaereg.evaluation.comparison.VERDICTS`.
        score: the primary score, with its interval.
        rope: half the width of the region of practical equivalence.
        labels: how A and B are called.
        veto: why "better" was taken back.
    """
    a, b = labels
    floor = f"; real data {value_of(score, score.floor)}" if score.floor is not None else ""
    values = (
        f"{score.name} {value_of(score, score.value_b)} against {value_of(score, score.value_a)}"
        f"{floor}"
    )
    effect = f"{change(score)} {change_interval(score)} at {percent(score.level)}"
    within = "±" + figure(rope, share=score.share, unit=score.unit).replace(" %", " points")
    told = {
        "better": f"{b} is better than {a}: {values} (improvement {effect}).",
        "worse": f"{b} is worse than {a}: {values} (improvement {effect}).",
        "equivalent": f"{a} and {b} are as good as equal: {values}; the interval of the "
        f"improvement, {effect}, lies within {within}, which matters to nobody.",
        "undecided": f"it cannot be told which is better: {values}; the interval of the "
        f"improvement, {effect}, allows both a difference that matters (beyond {within}) and none.",
        "exploratory": f"too few seeds to decide ({len(score.by_seed)}; at least 6 are needed): "
        f"{values} (improvement {effect}).",
        "vetoed": f"{b} would be better than {a} ({values}; improvement {effect}), but {veto}.",
    }
    return told[verdict]
