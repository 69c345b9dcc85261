"""Scores beyond the limit that their metric gives them: a few copies, repeats, periodic patterns.

A few copies, or one sample that is repeated, hardly move the distance of two distributions, and a
faint grid is a single frequency of hundreds. The scores in `GUARDS` see such defects, and their
limit says from which value on a score shows one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from vaereg.comparison.figures import both_values, change_at_level, value_of
from vaereg.comparison.headline_scores import GUARDS
from vaereg.comparison.measured_run import MeasuredRun
from vaereg.comparison.statistics.effect import ScoreEffects
from vaereg.comparison.verdicts.copying import mean_lower_end


@attrs.frozen(kw_only=True)
class BeyondLimits:
    """The defects that the guards of one question see.

    Args:
        defect: what B shows clearly more than A, as a clause; empty if there is nothing.
        relief: what A shows and B clearly less, as a clause; empty if there is nothing.
    """

    defect: str = ""
    relief: str = ""


def beyond_limits(question: str, effects: Mapping[str, ScoreEffects], level: float) -> BeyondLimits:
    """What the guards of a question see.

    Args:
        question: "sharp", "varied" or "true".
        effects: the effects by the name of the score.
        level: the confidence at which a difference is clear.
    """
    defects, reliefs = [], []
    for each in effects.values():
        score = each.overall.score
        meaning = GUARDS[question].get(score.base)
        if meaning is None or score.limit is None or each.overall.interval is None:
            continue
        found = each.overall.at(level)
        assert found.low is not None and found.high is not None  # there is an interval
        told = (
            f"{both_values(found)} (limit {value_of(found, score.limit)}; improvement "
            f"{change_at_level(found)})"
        )
        if found.high < 0 and found.value_b > score.limit:
            defects.append(f"its samples {meaning}: {told}")
        elif found.low > 0 and found.value_a > score.limit:
            reliefs.append(f"fewer of its samples {meaning}: {told}")
    return BeyondLimits(defect=" and ".join(defects), relief=" and ".join(reliefs))


def is_beyond_limit(runs: Sequence[MeasuredRun], name: str) -> bool:
    """Whether a score of all runs is clearly beyond its limit."""
    if not all(name in run.scores for run in runs):
        return False
    scores = [run.scores[name] for run in runs]
    limits = [each.limit for each in scores if each.limit is not None]
    return len(limits) == len(scores) and mean_lower_end(scores) > float(np.mean(limits))
