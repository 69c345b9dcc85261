"""Distributions as lines: histograms and empirical distribution functions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

POINTS = 160
"""The largest number of points of a line; more could not be seen at the size of the charts."""


def ecdf(values: np.ndarray, points: int = POINTS) -> tuple[np.ndarray, np.ndarray]:
    """The empirical distribution function: increasing values, and the share of values up to each.

    If there are too many values, evenly spaced ones are kept, including the smallest and largest.

    Args:
        values: any shape; values that are not finite are left out.
        points: the largest number of values to keep.
    """
    finite = np.sort(_finite_values(values))
    shares = np.arange(1, len(finite) + 1) / max(len(finite), 1)
    if len(finite) > points:
        kept = np.unique(np.rint(np.linspace(0, len(finite) - 1, points)).astype(int))
        finite, shares = finite[kept], shares[kept]
    return finite, shares


def histograms(
    sets: Sequence[np.ndarray], *, bins: int = 32, logarithmic: bool = False
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Bin edges for several sets, and the share of each set in each bin.

    The ends are the 0.1 % and 99.9 % quantiles of all sets. Values beyond them count in the
    outermost bins, so that shares sum to 1.

    Args:
        sets: arrays of any shape; values that are not finite (or, with `logarithmic`, not above 0)
            count in the lowest bin.
        bins: the number of bins.
        logarithmic: whether bins have equal widths in logarithms.
    """
    usable = [_finite_values(each) for each in sets]
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
        # The outermost edges are rounded: values clipped to them must not be lost.
        counts[0] += np.count_nonzero(np.clip(values, low, high) < edges[0])
        counts[-1] += np.count_nonzero(np.clip(values, low, high) > edges[-1])
        shares.append(counts / max(values.size, 1))
    return edges, shares


def _finite_values(values: np.ndarray) -> np.ndarray:
    flat = np.asarray(values, np.float64).ravel()
    return flat[np.isfinite(flat)]
