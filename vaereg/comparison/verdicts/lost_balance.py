"""Class shares that move away from those of real data: some classes are drawn too often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vaereg.comparison.headline_scores import CLASS_DISTANCE
from vaereg.comparison.measured_run import MeasuredRun
from vaereg.comparison.statistics.effect import ScoreEffects
from vaereg.comparison.verdicts.worse_than_real import worse_than_real


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
        runs_b, effects, ropes, level: as of `worse_than_real`.
        spaces: the feature spaces that decide.
    """
    found = worse_than_real(CLASS_DISTANCE, runs_b, effects, ropes, spaces, level)
    if not found.spaces:
        return ""
    lost = " and ".join(found.spaces)
    return f"the shares of its classes are farther from those of real data: {lost}"
