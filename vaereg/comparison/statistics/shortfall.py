"""How bad a value of a score is: of two values, the one with the smaller shortfall is better."""

from __future__ import annotations

import math

import numpy as np

from vaereg.evaluation.evaluation import Score

SMALLEST = 1e-12
"""Smaller ratios are raised to this value, so that their logarithm is finite."""


def is_directed(score: Score) -> bool:
    """Whether one value of the score is better than another."""
    return score.direction != 0 or score.ideal is not None


def is_ratio(score: Score) -> bool:
    """Whether the score is a ratio whose ideal is equality, so that 2 is as bad as 1/2."""
    return score.direction == 0 and score.ideal == 1.0 and not score.unit and not score.share


def shortfall(score: Score, value: float) -> float:
    """How bad a value is, in the score's own unit; for ratios, |log ratio|.

    If smaller is better, the shortfall is the value; if larger is better, its negative; if there is
    an ideal, the distance from it. If no value is better, it is the negative, so that the effect is
    B - A.
    """
    if is_ratio(score):
        return abs(math.log(max(value, SMALLEST)))
    if score.direction == 0 and score.ideal is not None:
        return abs(value - score.ideal)
    return value if score.direction < 0 else -value


def slope(score: Score, value: float) -> float:
    """The derivative of the shortfall with respect to the value, for influences (delta method).

    At the ideal itself, which has no derivative, it is 1 (for ratios 1 / value): the interval is
    then wider than necessary, since |x| varies less than x.
    """
    if is_ratio(score):
        return (-1.0 if value < 1.0 else 1.0) / max(value, SMALLEST)
    if score.direction == 0 and score.ideal is not None:
        return -1.0 if value < score.ideal else 1.0
    return 1.0 if score.direction < 0 else -1.0


def influences_on_shortfall(
    score: Score, value: float, influences: np.ndarray | None
) -> np.ndarray | None:
    """Influences (n,) on the shortfall, given those on the value; None stays None."""
    if influences is None:
        return None
    return slope(score, value) * np.asarray(influences, np.float64)
