"""Distributions as lines: histograms and empirical distribution functions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

POINTS = 160
"""Points of a line at most: more cannot be seen at the size of the figures."""


def ecdf(values: np.ndarray, points: int = POINTS) -> tuple[np.ndarray, np.ndarray]:
    """The empirical distribution function: values rising, and the share that is no larger.

    Of many values, evenly spaced ones are kept, the least and the largest among them.

    Args:
        values: any shape; what is not finite is left out.
        points: how many are kept at most.
    """
    finite = np.sort(_finite(values))
    shares = np.arange(1, len(finite) + 1) / max(len(finite), 1)
    if len(finite) > points:
        kept = np.unique(np.rint(np.linspace(0, len(finite) - 1, points)).astype(int))
        finite, shares = finite[kept], shares[kept]
    return finite, shares


def histograms(
    sets: Sequence[np.ndarray], *, bins: int = 32, logarithmic: bool = False
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Edges that several sets share, and which share of each set lies between two edges.

    The ends are the 0.1 % and 99.9 % quantiles of all sets; what lies beyond counts to the last
    bins, so that shares sum to 1.

    Args:
        sets: arrays of any shape; what is not finite (or, on logarithms, not above 0) counts to
            the lowest bin.
        bins: how many.
        logarithmic: whether bins are equal in logarithm.
    """
    usable = [_finite(each) for each in sets]
    if logarithmic:
        usable = [each[each > 0] for each in usable]
    joined = np.concatenate([*usable, np.zeros(0)])
    low, high = np.quantile(joined, [0.001, 0.999]) if joined.size else (1.0, 2.0)
    if not high > low:
        low, high = low * 0.9 - (0 if logarithmic else 0.1), high * 1.1 + 0.1
    edges = (np.geomspace if logarithmic else np.linspace)(low, high, bins + 1)
    shares = []
    for each in sets:
        values = np.nan_to_num(np.asarray(each, np.float64).ravel(), nan=low)
        counts, _ = np.histogram(np.clip(values, low, high), edges)
        # The outermost edges are rounded: what is clipped to them must not fall out.
        counts[0] += np.count_nonzero(np.clip(values, low, high) < edges[0])
        counts[-1] += np.count_nonzero(np.clip(values, low, high) > edges[-1])
        shares.append(counts / max(values.size, 1))
    return edges, shares


def _finite(values: np.ndarray) -> np.ndarray:
    flat = np.asarray(values, np.float64).ravel()
    return flat[np.isfinite(flat)]
