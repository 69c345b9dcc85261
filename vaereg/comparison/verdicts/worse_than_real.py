"""A score that got clearly worse, and is worse than that of real data, space by space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from vaereg.comparison.figures import both_values, change_at_level, value_of
from vaereg.comparison.measured_run import MeasuredRun
from vaereg.comparison.statistics.effect import ScoreEffects
from vaereg.comparison.verdicts.faults import margin


@attrs.frozen(kw_only=True)
class WorseThanReal:
    """What became of a score in several feature spaces.

    Args:
        spaces: a clause for each space in which it got worse, with numbers.
        has_improved: whether it clearly improved in a space.
    """

    spaces: tuple[str, ...]
    has_improved: bool


def worse_than_real(
    base: str,
    runs_b: Sequence[MeasuredRun],
    effects: Mapping[str, ScoreEffects],
    ropes: Mapping[str, float | None],
    spaces: Sequence[str],
    level: float,
) -> WorseThanReal:
    """Where a score is clearly worse in B than in A, and than that of real data.

    Args:
        base: the name of the score without that of the extractor.
        runs_b: the evaluated runs of B.
        effects: the effects by the name of the score.
        ropes: half the widths of the regions of practical equivalence, by score.
        spaces: the feature spaces; those without this score are passed over.
        level: the confidence at which a difference is clear; the spaces share the error rate.
    """
    worse, has_improved = [], False
    for name in (f"{base}_{space}" for space in spaces):
        if name not in effects or effects[name].overall.interval is None:
            continue
        found = effects[name].overall.at(1 - (1 - level) / len(spaces))
        assert found.low is not None and found.high is not None  # there is an interval
        rope = ropes.get(name) or 0.0
        has_improved = has_improved or found.low > rope
        if found.high < -rope and _is_beyond_real(runs_b, name):
            worse.append(
                f"{both_values(found)} (real data {value_of(found, found.reference)}; "
                f"improvement {change_at_level(found)})"
            )
    return WorseThanReal(spaces=tuple(worse), has_improved=has_improved)


def _is_beyond_real(runs: Sequence[MeasuredRun], name: str) -> bool:
    """Whether a score lies beyond the interval of real data, on average over the runs."""
    scores = [run.scores[name] for run in runs]
    if any(each.reference_low is None or each.reference_high is None for each in scores):
        return False
    return float(np.mean([margin(each) for each in scores])) > 0.0
