"""Differences of two shares: intervals that are valid near 0 and 1, and exact tests."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from vaereg.evaluation.scores.intervals import wilson


def independent_difference(
    a: float, count_a: int, b: float, count_b: int, level: float
) -> tuple[float, float]:
    """The interval of b - a of independent shares (Newcombe 1998, hybrid score interval).

    Args:
        a, b: the shares.
        count_a, count_b: the sample sizes.
        level: the confidence.
    """
    return _square_and_add(a, count_a, b, count_b, level, correlation=0.0)


def paired_difference(a: np.ndarray, b: np.ndarray, level: float) -> tuple[float, float]:
    """The interval of mean(b) - mean(a) over the same items (Newcombe 1998, paired, method 10).

    Args:
        a, b: (p,) zeros and ones.
        level: the confidence.
    """
    both, only_a, only_b, neither = paired_counts(a, b)
    count = len(a)
    product = math.sqrt(
        float(both + only_a) * (only_b + neither) * (both + only_b) * (only_a + neither)
    )
    across = float(both * neither - only_a * only_b)
    if across > 0:  # a continuity correction, so that few items do not look correlated
        across = max(across - count / 2, 0.0)
    correlation = across / product if product else 0.0
    shares = (both + only_a) / count, (both + only_b) / count
    return _square_and_add(shares[0], count, shares[1], count, level, correlation)


def _square_and_add(
    a: float, count_a: int, b: float, count_b: int, level: float, correlation: float
) -> tuple[float, float]:
    z = NormalDist().inv_cdf(0.5 + level / 2)
    low_a, high_a = wilson(count_a, a, z)
    low_b, high_b = wilson(count_b, b, z)

    def reach(first: float, second: float) -> float:
        return math.sqrt(max(first**2 - 2 * correlation * first * second + second**2, 0.0))

    difference = b - a
    return (
        difference - reach(b - low_b, high_a - a),
        difference + reach(high_b - b, a - low_a),
    )


def paired_counts(a: np.ndarray, b: np.ndarray) -> tuple[int, int, int, int]:
    """How many items have both, only a, only b, and neither."""
    first, second = np.asarray(a) > 0.5, np.asarray(b) > 0.5
    return (
        int((first & second).sum()),
        int((first & ~second).sum()),
        int((~first & second).sum()),
        int((~first & ~second).sum()),
    )


def mcnemar(a: np.ndarray, b: np.ndarray) -> float:
    """The two-sided p-value of equal shares over the same items (McNemar 1947, exact binomial).

    Args:
        a, b: (p,) zeros and ones.
    """
    from scipy.special import bdtr

    _, only_a, only_b, _ = paired_counts(a, b)
    if only_a + only_b == 0:
        return 1.0
    return min(1.0, 2 * float(bdtr(min(only_a, only_b), only_a + only_b, 0.5)))


def two_proportions(a: float, count_a: int, b: float, count_b: int) -> float:
    """The two-sided p-value of equal independent shares: the z test with the pooled variance."""
    pooled = (a * count_a + b * count_b) / (count_a + count_b)
    variance = pooled * (1 - pooled) * (1 / count_a + 1 / count_b)
    if variance <= 0:
        return 1.0
    return 2 * NormalDist().cdf(-abs(b - a) / math.sqrt(variance))
