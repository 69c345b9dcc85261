"""The interval of one score, from the influences of the examples."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from vaereg.contracts.metric import Measured

CLOSE = 1e-6
"""The tolerance between a share and the mean of its zeros and ones, for averages in float32."""


def interval(measured: Measured, level: float = 0.95) -> tuple[float, float] | None:
    """The interval of a score for fixed weights; None if it has no influences.

    It covers the noise of the samples and of the held-out examples, not that of training. A share
    gets Wilson's interval (1927), which stays within 0 and 1. Any other score gets value ± z * sd,
    with the variance var(generated) / n + var(real) / p. A share of one set that examples of the
    other set move too, such as coverage, gets the latter, but reaches at least as far as Wilson's
    interval: if all examples of a set are covered, their influences do not vary.

    Args:
        measured: the score.
        level: the confidence.
    """
    z = NormalDist().inv_cdf(0.5 + level / 2)
    arrays = _influences(measured)
    if len(arrays) == 1 and is_share_of(arrays[0], measured.value):
        return wilson(len(arrays[0]), measured.value, z)
    variance = variance_of(measured)
    if variance is None:
        return None
    half = z * math.sqrt(variance)
    low, high = measured.value - half, measured.value + half
    for each in arrays:
        if is_share_of(each, measured.value):
            least = wilson(len(each), measured.value, z)
            low, high = min(low, least[0]), max(high, least[1])
    return low, high


def variance_of(measured: Measured) -> float | None:
    """The variance of the value; None if it has no influences."""
    arrays = _influences(measured)
    if not arrays or any(len(each) < 2 for each in arrays):
        return None
    return float(sum(np.var(each, ddof=1) / len(each) for each in arrays))


def is_share_of(influences: np.ndarray, value: float) -> bool:
    """Whether the value is the mean of these influences (n,), all zeros and ones.

    The interval of a score and the comparison of two models both ask this, so a score is a share
    for both or for neither.
    """
    if not len(influences) or not np.isin(influences, (0.0, 1.0)).all():
        return False
    return math.isclose(float(np.mean(influences, dtype=np.float64)), value, abs_tol=CLOSE)


def wilson(count: int, share: float, z: float) -> tuple[float, float]:
    """Wilson's score interval of a share of `count` examples."""
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count)
    half *= math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, middle - half), min(1.0, middle + half)


def _influences(measured: Measured) -> list[np.ndarray]:
    """The influences of the generated and of the held-out examples, as far as there are any."""
    both = (measured.influence_of_generated, measured.influence_of_real)
    return [each for each in both if each is not None]
