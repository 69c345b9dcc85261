"""Whether samples copy training examples, by every measure of copies and over several runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from vaereg.comparison.figures import figure
from vaereg.comparison.headline_scores import COPIES
from vaereg.comparison.measured_run import MeasuredRun
from vaereg.comparison.statistics.effect import Effect, ScoreEffects
from vaereg.evaluation.evaluation import Score

TIMES_REFERENCE = 3.0
"""Copying is reported if the copy rate's lower limit is above this multiple of the reference"""

LEAST_COPIES = 0.02
"""and above this share."""

REFERENCE_COPIES = 0.01
"""The copy rate that unseen real data has by definition; used if no reference was measured."""


@attrs.frozen(kw_only=True)
class MoreCopies:
    """What the measures of copies say of B.

    Args:
        defect: that B copies, and more than A, by every measure, as a clause; empty if not.
        is_clear: whether the difference is clear in every measure.
        doubts: a warning about copies that only some measures see.
    """

    defect: str = ""
    is_clear: bool = False
    doubts: tuple[str, ...] = ()


def more_copies(
    runs_a: Sequence[MeasuredRun],
    runs_b: Sequence[MeasuredRun],
    effects: Mapping[str, ScoreEffects],
    level: float,
) -> MoreCopies:
    """Whether B copies training examples, and more than A.

    A copy is near its original in every space, in pixels and in features. Smooth samples of a model
    with few training images may be near some of these in features alone, which is only a doubt.

    Args:
        runs_a, runs_b: the evaluated runs, one for each seed.
        effects: the effects by the name of the score.
        level: the confidence at which a difference is clear.
    """
    measures = copy_measures([*runs_a, *runs_b])
    told, clear = [], []
    for name in measures:
        mine, before = ([run.scores[name] for run in runs] for runs in (runs_b, runs_a))
        share, share_before = _mean_value(mine), _mean_value(before)
        if share > share_before and is_copying(mine):
            told.append(
                f"{figure(share, share=True)} by {name} ({figure(share_before, share=True)} in A, "
                f"{figure(reference_copies(mine[0]), share=True)} of real data)"
            )
            clear.append(name in effects and _is_worse(effects[name].overall, level))
    shares = " and ".join(told)
    if told and len(told) == len(measures):
        defect = f"its samples copy training examples: {shares}"
        return MoreCopies(defect=defect, is_clear=all(clear))
    doubt = (
        f"samples are near training examples ({shares}), but not by every measure of copies, as "
        "smooth samples may be; look at their nearest training examples in the report"
    )
    return MoreCopies(doubts=(doubt,) if told else ())


def copy_measures(runs: Sequence[MeasuredRun]) -> list[str]:
    """The names of the copy rates that all runs have."""
    names = [name for name in runs[0].scores if name.startswith(COPIES)]
    return [name for name in names if all(name in run.scores for run in runs)]


def is_copying(scores: Sequence[Score]) -> bool:
    """Whether the copy rate is clearly above that of real data."""
    least = max(TIMES_REFERENCE * reference_copies(scores[0]), LEAST_COPIES)
    return mean_lower_end(scores) > least


def reference_copies(score: Score) -> float:
    """The copy rate of real data."""
    return REFERENCE_COPIES if score.reference is None else score.reference


def mean_lower_end(scores: Sequence[Score]) -> float:
    """The mean of the lower ends of intervals; a score without an interval counts as it is."""
    ends = [each.value if each.low is None else each.low for each in scores]
    return float(np.mean(ends))


def _mean_value(scores: Sequence[Score]) -> float:
    return float(np.mean([each.value for each in scores]))


def _is_worse(effect: Effect, level: float) -> bool:
    return effect.interval is not None and effect.interval(level)[1] < 0
