"""A fall of precision: more samples lie outside the real data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from vaereg.comparison.figures import change_at_level, value_of
from vaereg.comparison.headline_scores import PRECISION
from vaereg.comparison.measured_run import MeasuredRun
from vaereg.comparison.statistics.effect import ScoreEffects


def lost_fidelity(
    runs_b: Sequence[MeasuredRun],
    effects: Mapping[str, ScoreEffects],
    ropes: Mapping[str, float | None],
    spaces: Sequence[str],
    level: float,
) -> str:
    """Where precision is clearly lower in B and below that of real data, as a clause.

    If a part of the samples is defective, their distance from real data hardly changes, or even
    falls where all samples are at a distance in another direction. The share of samples that lie
    among real data falls. Blurred samples lie there too, so a fall to the precision of real data is
    no defect. Nor is a fall in one space while precision clearly rises in another one.

    Args:
        runs_b: the evaluated runs of B.
        effects: the effects by the name of the score.
        ropes: half the widths of the regions of practical equivalence, by score.
        spaces: the feature spaces that decide, and witnesses.
        level: the confidence at which a difference is clear; the spaces share the error rate.
    """
    fallen, risen = [], False
    for name in (f"{PRECISION}_{space}" for space in spaces):
        if name not in effects or effects[name].overall.interval is None:
            continue
        found = effects[name].overall.at(1 - (1 - level) / len(spaces))
        assert found.low is not None and found.high is not None  # there is an interval
        rope = ropes.get(name) or 0.0
        risen = risen or found.low > rope
        if found.high < -rope and _is_below_reference(runs_b, name):
            fallen.append(
                f"{name} {value_of(found, found.value_b)} against "
                f"{value_of(found, found.value_a)} (real data {value_of(found, found.reference)}; "
                f"improvement {change_at_level(found)})"
            )
    if not fallen or risen:
        return ""
    return f"fewer of its samples lie among real data: {' and '.join(fallen)}"


def _is_below_reference(runs: Sequence[MeasuredRun], name: str) -> bool:
    scores = [run.scores[name] for run in runs]
    below = [
        (each.value if each.high is None else each.high) - each.reference_low
        for each in scores
        if each.reference_low is not None
    ]
    return len(below) == len(scores) and float(np.mean(below)) < 0.0
