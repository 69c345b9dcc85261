"""Normal scores: values mapped to the standard normal distribution by their ranks."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

MOST_KNOTS = 513
"""The most points at which the scores of a column are kept; values between are interpolated."""


def score_knots(column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values (k,) of a column, increasing, and their normal scores (k,); k is 1 if all are equal.

    Equal values get the score of their mean rank. Knots lie evenly in scores rather than in ranks,
    so that tails are resolved.

    Args:
        column: (n,) values.

    Source: van der Waerden 1952.
    """
    values, counts = np.unique(column, return_counts=True)
    last = np.cumsum(counts)
    shares = (last - 0.5 * counts) / len(column)  # the share below, and half of the equal ones
    scores = ndtri(shares)
    if len(values) > MOST_KNOTS:
        wanted = ndtr(np.linspace(scores[0], scores[-1], MOST_KNOTS))
        chosen = np.unique(np.searchsorted(shares, wanted).clip(0, len(values) - 1))
        chosen = np.union1d(chosen, [0, len(values) - 1])
        values, scores = values[chosen], scores[chosen]
    return values.astype(np.float64), scores


def normal_scores(column: np.ndarray, knots: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """The scores of values of any shape, float64, from the knots of `score_knots`.

    Values outside of the knots continue with the logarithm of their distance, so that an outlier
    counts little more than the largest value, but values far outside still differ from it.
    """
    found: np.ndarray = np.interp(column, knots, scores)
    width = knots[-1] - knots[0]
    found += np.log1p(np.maximum(column - knots[-1], 0.0) / width)
    found -= np.log1p(np.maximum(knots[0] - column, 0.0) / width)
    return found
