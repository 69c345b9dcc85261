"""The number of balls that each point lies in, counted tile by tile."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vaereg.measures.centred_points import Frame, rounding_error
from vaereg.measures.exact_distances import exact_distances
from vaereg.measures.tiles import Tile

MANY = 0.01
"""If more than this share of a tile is too close to call, bounds in float64 are computed before
pairs are measured."""

CROWDED = 1 / 16
"""If more than this share of a tile may be inside, the whole tile is counted."""

FAR = 1e15
"""Larger than any distance between centred points."""

EPS, TINY = float(np.finfo(np.float32).eps), float(np.finfo(np.float32).tiny)


class Balls(NamedTuple):
    """The balls that each point lies in.

    Args:
        counts: (n,) int64, the number of balls.
        sole: (n,) int64, the index of the ball if the point lies in exactly one; 0 if it lies in
            none, meaningless if it lies in several.
    """

    counts: np.ndarray
    sole: np.ndarray


class BallCounts:
    """Counts the balls about `centres` that each of `points` lies in, strictly.

    Args:
        frame: the frame of both sets.
        points: (n, d).
        centres: (m, d).
        radii: (m,) float64.
    """

    def __init__(
        self, frame: Frame, points: np.ndarray, centres: np.ndarray, radii: np.ndarray
    ) -> None:
        self._frame, self._points, self._centres, self._radii = frame, points, centres, radii
        # A radius beyond all distances is capped, so that float32 holds its square.
        self._limits = np.square(np.minimum(np.ldexp(radii, -frame.exponent), FAR))
        self._error = rounding_error(points.shape[1], np.float32)
        self._limits[radii <= 0.0] = -np.inf  # a ball without extent holds no point
        self._maybe = (self._limits * (1.0 + EPS)).astype(np.float32)
        self.balls = Balls(np.zeros(len(points), np.int64), np.zeros(len(points), np.int64))

    def add(self, tile: Tile) -> None:
        """Adds a tile of float32 lower bounds on squared distances, with points as rows."""
        self._add(tile.rows, tile.columns, tile, across=False)

    def add_across(self, tile: Tile) -> None:
        """Adds a tile of lower bounds, with points as columns."""
        self._add(tile.columns, tile.rows, tile, across=True)

    def _add(self, points: slice, balls: slice, tile: Tile, *, across: bool) -> None:
        maybe = self._maybe[balls]
        possible = tile.values <= (maybe[:, None] if across else maybe)
        pairs = np.flatnonzero(possible)
        if len(pairs) > CROWDED * possible.size:
            self._add_crowded(points, balls, tile, possible, across=across)
            return
        row, column = np.divmod(pairs, possible.shape[1])
        point, ball = (column, row) if across else (row, column)
        norms = tile.row_norms[row].astype(np.float64) + tile.column_norms[column]
        inside = tile.values.ravel()[pairs] < self._surely(balls, norms, ball)
        close = np.flatnonzero(~inside)
        if len(close) > MANY * possible.size + 16:
            self._add_crowded(points, balls, tile, possible, across=across)
            return
        inside[close] = self._measured(points, balls, point[close], ball[close])
        point, ball = point[inside], ball[inside]
        self.balls.counts[points] += np.bincount(point, minlength=points.stop - points.start)
        self.balls.sole[points.start + point] = balls.start + ball

    def _surely(
        self, balls: slice, norms: np.ndarray, which: np.ndarray | slice = slice(None)
    ) -> np.ndarray:
        """Pairs with lower bounds below this are inside, by the sums of their squared lengths.

        A squared distance exceeds its lower bound by at most twice the error of both norms plus
        little more than the smallest normal number.
        """
        limits = self._limits[balls][which]
        surely: np.ndarray = limits * (1.0 - EPS) - (2.0 + EPS) * self._error * norms - 4.0 * TINY
        return surely

    def _measured(
        self, points: slice, balls: slice, point: np.ndarray, ball: np.ndarray
    ) -> np.ndarray:
        """Whether points lie in balls, by their places in the ranges, from exact distances."""
        apart = exact_distances(
            self._points, self._centres, points.start + point, balls.start + ball
        )
        inside: np.ndarray = apart < self._radii[balls][ball]
        return inside

    def _add_crowded(
        self, points: slice, balls: slice, tile: Tile, possible: np.ndarray, *, across: bool
    ) -> None:
        """Adds a tile many of whose pairs may be inside, as of collapsed samples."""
        bounds = tile.values
        point_norms, ball_norms = tile.row_norms, tile.column_norms
        if across:
            point_norms, ball_norms = ball_norms, point_norms
        surely = self._surely(balls, float(point_norms.max()) + ball_norms.astype(np.float64))
        surely = surely.astype(np.float32)
        inside = bounds < (surely[:, None] if across else surely)
        possible ^= inside
        if np.count_nonzero(possible) > MANY * possible.size + 16:
            inside, possible = self._in_float64(points, balls, across=across)
        close = np.flatnonzero(possible)
        first, second = np.divmod(close, bounds.shape[1])
        point, ball = (second, first) if across else (first, second)
        inside.ravel()[close[self._measured(points, balls, point, ball)]] = True
        counts = np.count_nonzero(inside, axis=0 if across else 1)
        self.balls.counts[points] += counts
        single = np.flatnonzero(counts == 1)
        if len(single):
            lines = inside[:, single].T if across else inside[single]
            self.balls.sole[points.start + single] = balls.start + lines.argmax(axis=1)

    def _in_float64(
        self, points: slice, balls: slice, *, across: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        """Pairs that are surely inside, and pairs that must be measured."""
        x = self._frame.scaled(self._points[points])
        origin = x.mean(axis=0)
        x -= origin
        y = self._frame.scaled(self._centres[balls]) - origin
        norms = np.add.outer(np.einsum("nd,nd->n", x, x), np.einsum("nd,nd->n", y, y))
        squared = norms - 2.0 * (x @ y.T)
        slack = norms * rounding_error(x.shape[1], np.float64)
        limit = self._limits[balls]
        inside = squared < limit - slack
        possible = (squared <= limit + slack) & ~inside
        if across:
            return np.ascontiguousarray(inside.T), np.ascontiguousarray(possible.T)
        return inside, possible
