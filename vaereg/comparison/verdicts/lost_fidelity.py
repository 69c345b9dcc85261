"""A fall of precision: more samples lie outside the real data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vaereg.comparison.headline_scores import PRECISION
from vaereg.comparison.measured_run import MeasuredRun
from vaereg.comparison.statistics.effect import ScoreEffects
from vaereg.comparison.verdicts.worse_than_real import worse_than_real


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
        runs_b, effects, ropes, level: as of `worse_than_real`.
        spaces: the feature spaces that decide, and witnesses.
    """
    found = worse_than_real(PRECISION, runs_b, effects, ropes, spaces, level)
    if not found.spaces or found.has_improved:
        return ""
    return f"fewer of its samples lie among real data: {' and '.join(found.spaces)}"
