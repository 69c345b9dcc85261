"""The candidates for nearest neighbours, updated tile by tile."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vaereg.measures.centred_points import Float, Frame
from vaereg.measures.exact_distances import exact_distances, exact_distances_within
from vaereg.measures.neighbours import Neighbours
from vaereg.measures.tiles import Tile

SPARE = 4
"""The number of candidates to keep beyond the k neighbours."""

CROWDED = 1 / 16
"""If more than this share of a tile is near enough, the whole tile is partitioned."""

GROUPS = 64
"""The first limits of queries come from the least bounds of so many groups of references."""


class Found(NamedTuple):
    """Pairs of a tile whose bounds are below the limits of their queries.

    Args:
        query: (pairs,) the query's position in the range of queries.
        reference: (pairs,) int64, the index of the reference.
        bound: (pairs,) the lower bound on the squared distance.
    """

    query: np.ndarray
    reference: np.ndarray
    bound: np.ndarray


class NearestSoFar:
    """Keeps the references with the smallest lower bounds on the squared distance to each query.

    Tiles that hold the same queries must have them as the same range.

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
        self._limits: np.ndarray = np.full(queries, np.inf, dtype)
        self._waiting: dict[tuple[int, int], list[Found]] = {}

    def add(self, tile: Tile) -> None:
        """Adds a tile of bounds (queries, references)."""
        self._add(tile.rows, tile.columns, tile.values, across=False)

    def add_across(self, tile: Tile) -> None:
        """Adds a tile of bounds (references, queries)."""
        self._add(tile.columns, tile.rows, tile.values, across=True)

    def _add(self, queries: slice, references: slice, bounds: np.ndarray, *, across: bool) -> None:
        limits = self._limits[queries]
        if limits[0] == np.inf:
            np.minimum(limits, first_limits(bounds, self._count, across=across), out=limits)
        near = np.flatnonzero(bounds < (limits if across else limits[:, None]))
        if len(near) > CROWDED * bounds.size:
            whole = np.ascontiguousarray(bounds.T) if across else bounds
            kept = min(self._count, whole.shape[1])
            nearest = np.argpartition(whole, kept - 1, axis=1)[:, :kept]
            values = np.take_along_axis(whole, nearest, axis=1)
            self._keep(queries, values, nearest + references.start)
            return
        row, column = np.divmod(near, bounds.shape[1])
        query, reference = (column, row) if across else (row, column)
        waiting = self._waiting.setdefault((queries.start, queries.stop), [])
        waiting.append(Found(query, reference + references.start, bounds.ravel()[near]))
        if sum(len(each.query) for each in waiting) > self._count * len(limits):
            self._merge(queries, waiting)

    def _merge(self, queries: slice, waiting: list[Found]) -> None:
        """Merges the pairs that wait for a range of queries with the candidates."""
        query, reference, bound = (np.concatenate(each) for each in zip(*waiting, strict=True))
        waiting.clear()
        size = queries.stop - queries.start
        # NumPy sorts short integers by their digits, in a fraction of the time.
        order = np.argsort(query.astype(np.min_scalar_type(size)), kind="stable")
        counts = np.bincount(query, minlength=size)
        place = np.arange(len(query)) - np.repeat(np.cumsum(counts) - counts, counts)
        line = np.repeat(np.arange(size), counts)
        shape = size, counts.max()
        bounds: np.ndarray = np.full(shape, np.inf, bound.dtype)
        which = np.zeros(shape, np.int64)
        bounds[line, place] = bound[order]
        which[line, place] = reference[order]
        self._keep(queries, bounds, which)

    def _keep(self, queries: slice, bounds: np.ndarray, which: np.ndarray) -> None:
        bounds = np.concatenate([self._bounds[queries], bounds], axis=1)
        which = np.concatenate([self._indices[queries], which], axis=1)
        kept = np.argpartition(bounds, self._count - 1, axis=1)[:, : self._count]
        self._bounds[queries] = np.take_along_axis(bounds, kept, axis=1)
        self._indices[queries] = np.take_along_axis(which, kept, axis=1)
        self._limits[queries] = self._bounds[queries].max(axis=1)

    @property
    def limits(self) -> np.ndarray:
        """(queries,) References that are not candidates have bounds of at least this."""
        for (start, stop), waiting in self._waiting.items():
            if waiting:
                self._merge(slice(start, stop), waiting)
        return self._limits

    def measured(
        self, frame: Frame, queries: np.ndarray, references: np.ndarray, first: int = 0
    ) -> tuple[Neighbours, np.ndarray]:
        """Measures candidates exactly and returns the k nearest.

        The candidates with the smallest bounds are measured first; then those of the others whose
        bounds do not rule them out.

        Args:
            frame: the frame in which the bounds were computed.
            queries: (n, d).
            references: (m, d); if these are the queries themselves, a pair is measured once.
            first: the number of candidates to measure first, k at least. If bounds are far below
                the distances, measuring more candidates first rules out more of the others.

        Returns:
            The neighbours, and (n,) bool: whether a reference that is no candidate may be nearer.
        """
        limits = self.limits
        first = min(max(first, self._k), self._count)
        order = np.argpartition(self._bounds, first - 1, axis=1)
        bounds = np.take_along_axis(self._bounds, order, axis=1)
        candidates = np.take_along_axis(self._indices, order, axis=1)
        apart = np.full(bounds.shape, np.inf)
        lines = np.repeat(np.arange(len(apart)), first)
        near = _exact(queries, references, lines, candidates[:, :first].ravel())
        apart[:, :first] = near.reshape(-1, first)
        reach = np.partition(apart[:, :first], self._k - 1, axis=1)[:, self._k - 1]
        lines, places = np.nonzero(bounds[:, first:] <= _squared(reach, frame)[:, None])
        places += first
        apart[lines, places] = _exact(queries, references, lines, candidates[lines, places])
        # Ties go to the first reference.
        order = np.lexsort((candidates, apart), axis=1)[:, : self._k]
        found = Neighbours(
            np.take_along_axis(apart, order, axis=1), np.take_along_axis(candidates, order, axis=1)
        )
        if self._all:
            return found, np.zeros(len(queries), bool)
        last = found.distances[:, -1]
        return found, (_squared(last, frame) > limits) & (last > 0.0)


def first_limits(bounds: np.ndarray, count: int, *, across: bool) -> np.ndarray:
    """Limits below which each query has at least `count` references of a tile, or infinity.

    Args:
        bounds: (queries, references), or (references, queries) if `across`.
        count: the number of candidates.
        across: whether queries are columns.
    """
    queries, references = bounds.shape[::-1] if across else bounds.shape
    if references < count:
        return np.full(queries, np.inf, bounds.dtype)
    groups = max(GROUPS, 4 * count)
    if references < 2 * groups:
        least = np.array(bounds.T if across else bounds, order="C")
    else:
        # As many groups as there are candidates have a least bound up to the limit.
        parts = range(0, references - groups + 1, groups)
        if across:
            least = bounds[:groups].copy()
            for start in parts[1:]:
                np.minimum(least, bounds[start : start + groups], out=least)
            least = np.ascontiguousarray(least.T)
        else:
            least = bounds[:, :groups].copy()
            for start in parts[1:]:
                np.minimum(least, bounds[:, start : start + groups], out=least)
    least.partition(count - 1, axis=1)
    limits: np.ndarray = np.nextafter(least[:, count - 1], bounds.dtype.type(np.inf))
    return limits


def _exact(
    queries: np.ndarray, references: np.ndarray, rows: np.ndarray, columns: np.ndarray
) -> np.ndarray:
    if queries is references:
        return exact_distances_within(queries, rows, columns)
    return exact_distances(queries, references, rows, columns)


def _squared(distances: np.ndarray, frame: Frame) -> np.ndarray:
    """Squared distances, in the units of the bounds."""
    squared: np.ndarray = np.square(np.ldexp(distances, -frame.exponent))
    return squared
