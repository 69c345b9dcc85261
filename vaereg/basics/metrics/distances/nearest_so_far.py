"""The references that may be nearest, as more of them are looked at."""

from __future__ import annotations

import numpy as np

import vaereg
from vaereg.basics.metrics.distances.centred_set import CentredSet, distances

SPARE = 4
"""How many more candidates than neighbours are measured exactly."""

CROWDED = 1 / 16
"""From this share of a tile on it is sorted whole and not by what comes nearer."""


class NearestSoFar:
    """The smallest bounds on the squared distance of each query.

    `limits` (queries,) float32 is what the bounds of all other references are at least.

    Args:
        queries: how many queries.
        references: how many references there will be.
        k: how many neighbours are wanted.
        spare: how many more candidates are kept.
    """

    def __init__(self, queries: int, references: int, k: int, spare: int = SPARE) -> None:
        self._k = k
        self._count = min(k + spare, references)
        self._all = self._count == references
        self._bounds: np.ndarray = np.full((queries, self._count), np.inf, np.float32)
        self._indices = np.zeros((queries, self._count), np.int64)
        self.limits: np.ndarray = np.full(queries, np.inf, np.float32)

    def look(self, queries: slice, references: slice, bounds: np.ndarray) -> None:
        """Takes in bounds (queries, references), queries as rows."""
        near = bounds < self.limits[queries, None]
        self._merge(queries, references, bounds, near, by_column=False)

    def look_across(self, references: slice, queries: slice, bounds: np.ndarray) -> None:
        """Takes in bounds (references, queries), queries as columns."""
        near = bounds < self.limits[queries]
        self._merge(queries, references, bounds, near, by_column=True)

    def _merge(
        self,
        queries: slice,
        references: slice,
        bounds: np.ndarray,
        near: np.ndarray,
        *,
        by_column: bool,
    ) -> None:
        found = np.flatnonzero(near)
        if not len(found):
            return
        if len(found) > CROWDED * near.size:
            whole = np.ascontiguousarray(bounds.T) if by_column else bounds
            kept = min(self._count, whole.shape[1])
            nearest = np.argpartition(whole, kept - 1, axis=1)[:, :kept]
            values = np.take_along_axis(whole, nearest, axis=1)
            self._keep(np.arange(queries.start, queries.stop), values, nearest + references.start)
            return
        row, column = np.divmod(found, bounds.shape[1])
        values = bounds.ravel()[found]
        query, reference = (column, row) if by_column else (row, column)
        if by_column:
            order = np.argsort(query, kind="stable")
            query, reference, values = query[order], reference[order], values[order]
        touched, first, counts = np.unique(query, return_index=True, return_counts=True)
        place = np.arange(len(query)) - np.repeat(first, counts)
        line = np.repeat(np.arange(len(touched)), counts)
        shape = len(touched), counts.max()
        padded: np.ndarray = np.full(shape, np.inf, np.float32)
        which = np.zeros(shape, np.int64)
        padded[line, place] = values
        which[line, place] = reference + references.start
        self._keep(touched + queries.start, padded, which)

    def _keep(self, rows: np.ndarray, bounds: np.ndarray, which: np.ndarray) -> None:
        bounds = np.concatenate([self._bounds[rows], bounds], axis=1)
        which = np.concatenate([self._indices[rows], which], axis=1)
        kept = np.argpartition(bounds, self._count - 1, axis=1)[:, : self._count]
        self._bounds[rows] = np.take_along_axis(bounds, kept, axis=1)
        self._indices[rows] = np.take_along_axis(which, kept, axis=1)
        self.limits[rows] = self._bounds[rows].max(axis=1)

    def by_bound(self) -> tuple[np.ndarray, np.ndarray]:
        """The kept bounds (n, count), increasing, and whose they are."""
        order = np.argsort(self._bounds, axis=1)
        return (
            np.take_along_axis(self._bounds, order, axis=1),
            np.take_along_axis(self._indices, order, axis=1),
        )

    def settled(self, x: CentredSet, y: CentredSet) -> tuple[np.ndarray, np.ndarray]:
        """The k nearest of each query, measured exactly.

        Queries whose other references the bounds cannot rule out are searched again by
        `vaereg.nearest_neighbours`.

        Args:
            x: the queries.
            y: the references; `x` itself where no query is its own neighbour.

        Returns:
            distances: (n, k) float64, increasing; in units of the points.
            indices: (n, k) int64, of equally near ones the first.
        """
        k = self._k
        candidates = np.sort(self._indices, axis=1)  # so that of equally near ones the first comes
        apart = distances(
            x, y, np.repeat(np.arange(len(x)), self._count), candidates.ravel()
        ).reshape(candidates.shape)
        order = np.argsort(apart, axis=1, kind="stable")[:, :k]
        near = np.take_along_axis(apart, order, axis=1)
        indices = np.take_along_axis(candidates, order, axis=1)
        doubtful = (np.square(near[:, -1]) > self.limits) & (near[:, -1] > 0.0)
        near = np.ldexp(near, x.exponent)
        if not self._all and doubtful.any():
            rows = np.flatnonzero(doubtful)
            found = vaereg.nearest_neighbours(x.points[rows], y.points, k + (x is y))
            near[rows], indices[rows] = without_self(*found, rows) if x is y else found
        return near, indices


def without_self(
    near: np.ndarray, indices: np.ndarray, own: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Neighbours (n, k + 1) without the example itself, or the last one where it is not there.

    Args:
        near, indices: as `vaereg.nearest_neighbours` gives them.
        own: (n,) which reference each query is.
    """
    out = indices == own[:, None]
    out[:, -1] |= ~out.any(axis=1)
    shape = (len(indices), indices.shape[1] - 1)
    return near[~out].reshape(shape), indices[~out].reshape(shape)
