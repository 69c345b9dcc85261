"""Whether the samples of a model copy training examples, by the same copy rate of several runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vaereg.evaluation.evaluation import Score

TIMES_REFERENCE = 3.0
"""Copying is reported if the copy rate's lower limit is above this multiple of the reference"""

LEAST_COPIES = 0.02
"""and above this share."""

REFERENCE_COPIES = 0.01
"""The copy rate that unseen real data has by definition; used if no reference was measured."""


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
