"""The candidates for nearest neighbours, updated tile by tile."""

from __future__ import annotations

import numpy as np

from vaereg.measures.centred_points import Float, Frame
from vaereg.measures.exact_distances import exact_distances
from vaereg.measures.neighbours import Neighbours
from vaereg.measures.tiles import Tile

SPARE = 4
"""The number of candidates to measure exactly beyond the k neighbours."""

CROWDED = 1 / 16
"""If more than this share of a tile is near enough, the whole tile is partitioned."""


class NearestSoFar:
    """Keeps the references with the smallest lower bounds on the squared distance to each query.

    References that are not candidates have bounds of at least `limits` (queries,).

    Args:
        queries: the number of queries.
        references: the number of references in all tiles together.
        k: the number of neighbours to find.
        spare: the number of candidates to keep beyond k.
        dtype: the type of the bounds.
    """

    def __init__(
        self,
        queries: int,
        references: int,
        k: int,
        spare: int = SPARE,
        dtype: Float = np.float32,
    ) -> None:
        self._k = k
        self._count = min(k + spare, references)
        self._all = self._count == references
        self._bounds: np.ndarray = np.full((queries, self._count), np.inf, dtype)
        self._indices = np.zeros((queries, self._count), np.int64)
        self.limits: np.ndarray = np.full(queries, np.inf, dtype)

    def add(self, tile: Tile) -> None:
        """Adds a tile of bounds (queries, references)."""
        near = tile.values < self.limits[tile.rows, None]
        self._merge(tile.rows, tile.columns, tile.values, near, by_column=False)

    def add_across(self, tile: Tile) -> None:
        """Adds a tile of bounds (references, queries)."""
        near = tile.values < self.limits[tile.columns]
        self._merge(tile.columns, tile.rows, tile.values, near, by_column=True)

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
        padded: np.ndarray = np.full(shape, np.inf, bounds.dtype)
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
        """The kept bounds (n, count), increasing, and the indices of their references."""
        order = np.argsort(self._bounds, axis=1)
        return (
            np.take_along_axis(self._bounds, order, axis=1),
            np.take_along_axis(self._indices, order, axis=1),
        )

    def measured(
        self, frame: Frame, queries: np.ndarray, references: np.ndarray
    ) -> tuple[Neighbours, np.ndarray]:
        """Measures the candidates exactly and returns the k nearest.

        Args:
            frame: the frame in which the bounds were computed.
            queries: (n, d).
            references: (m, d).

        Returns:
            The neighbours, and (n,) bool: whether a reference that is no candidate may be nearer.
        """
        candidates = np.sort(self._indices, axis=1)  # so that ties go to the first reference
        rows = np.repeat(np.arange(len(queries)), self._count)
        apart = exact_distances(queries, references, rows, candidates.ravel())
        apart = apart.reshape(candidates.shape)
        order = np.argsort(apart, axis=1, kind="stable")[:, : self._k]
        near = np.take_along_axis(apart, order, axis=1)
        found = Neighbours(near, np.take_along_axis(candidates, order, axis=1))
        if self._all:
            return found, np.zeros(len(queries), bool)
        last = np.square(np.ldexp(near[:, -1], -frame.exponent))
        return found, (last > self.limits) & (last > 0.0)
