"""Class shares that move away from those of real data: some classes are drawn too often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from vaereg.comparison.figures import change_at_level, value_of
from vaereg.comparison.headline_scores import CLASS_DISTANCE
from vaereg.comparison.measured_run import MeasuredRun
from vaereg.comparison.statistics.effect import ScoreEffects


def lost_balance(
    runs_b: Sequence[MeasuredRun],
    effects: Mapping[str, ScoreEffects],
    ropes: Mapping[str, float | None],
    spaces: Sequence[str],
    level: float,
) -> str:
    """Where the classes of samples are clearly farther from those of real data in B, as a clause.

    Coverage asks whether each real image has a sample near it, and so hardly changes if one class
    is drawn five times as often as another. Only feature extractors with class probabilities have
    class shares.

    Args:
        runs_b: the evaluated runs of B.
        effects: the effects by the name of the score.
        ropes: half the widths of the regions of practical equivalence, by score.
        spaces: the feature spaces that decide.
        level: the confidence at which a difference is clear; the spaces share the error rate.
    """
    lost = []
    for name in (f"{CLASS_DISTANCE}_{space}" for space in spaces):
        if name not in effects or effects[name].overall.interval is None:
            continue
        found = effects[name].overall.at(1 - (1 - level) / len(spaces))
        assert found.high is not None  # there is an interval
        if found.high < -(ropes.get(name) or 0.0) and _is_above_reference(runs_b, name):
            lost.append(
                f"{name} {value_of(found, found.value_b)} against "
                f"{value_of(found, found.value_a)} (real data {value_of(found, found.reference)}; "
                f"improvement {change_at_level(found)})"
            )
    if not lost:
        return ""
    return f"the shares of its classes are farther from those of real data: {' and '.join(lost)}"


def _is_above_reference(runs: Sequence[MeasuredRun], name: str) -> bool:
    scores = [run.scores[name] for run in runs]
    above = [
        (each.value if each.low is None else each.low) - each.reference_high
        for each in scores
        if each.reference_high is not None
    ]
    return len(above) == len(scores) and float(np.mean(above)) > 0.0
