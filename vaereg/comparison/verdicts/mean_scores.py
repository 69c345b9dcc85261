"""A score of several runs of one side as one number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vaereg.comparison.measured_run import MeasuredRun


def mean_score(runs: Sequence[MeasuredRun], name: str) -> float | None:
    """The mean of a score over the runs; None unless all have it."""
    if not all(name in run.scores for run in runs):
        return None
    return float(np.mean([run.scores[name].value for run in runs]))


def above_reference(runs: Sequence[MeasuredRun], name: str) -> float | None:
    """How far the mean is above the score of real data; None unless all runs have the score."""
    value = mean_score(runs, name)
    return None if value is None else value - (runs[0].scores[name].reference or 0.0)
