"""The interval of one score, from how much each example moved it."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from vaereg.contracts.metric import Measured


def interval(measured: Measured, level: float = 0.95) -> tuple[float, float] | None:
    """The interval of a score for fixed weights, or None where it has no influences.

    It covers the noise of the samples and of the held-out examples, not that of training. A share
    gets Wilson's (1927), which stays within 0 and 1; anything else value ± z * sd, the variance
    being var(generated) / n + var(real) / p.

    Args:
        measured: the score.
        level: the confidence.
    """
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share = share_of(measured)
    if share is not None:
        return wilson(share, measured.value, z)
    variance = variance_of(measured)
    if variance is None:
        return None
    half = z * math.sqrt(variance)
    return measured.value - half, measured.value + half


def variance_of(measured: Measured) -> float | None:
    """The variance of the value, or None where it has no influences."""
    arrays = [
        each
        for each in (measured.influence_of_generated, measured.influence_of_real)
        if each is not None
    ]
    if not arrays or any(len(each) < 2 for each in arrays):
        return None
    return float(sum(np.var(each, ddof=1) / len(each) for each in arrays))


def share_of(measured: Measured) -> int | None:
    """How many examples a share is of, or None where the score is no mean of zeros and ones."""
    arrays = [
        each
        for each in (measured.influence_of_generated, measured.influence_of_real)
        if each is not None
    ]
    if len(arrays) != 1 or not np.isin(arrays[0], (0.0, 1.0)).all():
        return None
    if not math.isclose(float(np.mean(arrays[0])), measured.value, abs_tol=1e-9):
        return None
    return len(arrays[0])


def wilson(count: int, share: float, z: float) -> tuple[float, float]:
    """Wilson's score interval of a share of `count` examples."""
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count)
    half *= math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, middle - half), min(1.0, middle + half)
