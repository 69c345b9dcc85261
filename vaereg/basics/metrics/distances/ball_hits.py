"""Which points lie in balls about others, counted tile by tile."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vaereg.basics.metrics.distances.centred_set import CentredSet, distances

MANY = 0.01
"""From this share of a tile too close to call on, float64 decides before pairs are measured."""

FAR = 1e15
"""More than any distance of centred points."""


class Hits(NamedTuple):
    """In how many balls each point lies.

    Args:
        counts: (n,) int64.
        sole: (n,) int64, the ball it lies in, for points that lie in just one.
    """

    counts: np.ndarray
    sole: np.ndarray


class BallHits:
    """Counts the balls about `y` that each point of `x` lies in, strictly.

    Args:
        x, y: centred sets about one origin.
        radii: (m,) float64 of the balls, in units of the points.
    """

    def __init__(self, x: CentredSet, y: CentredSet, radii: np.ndarray) -> None:
        self._x, self._y = x, y
        # A radius beyond all distances may as well be shorter, so that float32 holds its square.
        self._radii = np.minimum(np.ldexp(radii, -x.exponent), FAR)
        self._limits = np.square(self._radii)
        self.hits = Hits(np.zeros(len(x), np.int64), np.zeros(len(x), np.int64))

    def look(self, points: slice, balls: slice, bounds: np.ndarray) -> None:
        """Takes in lower bounds (points, balls) on squared distances, in float32."""
        self._look(points, balls, bounds, across=False)

    def look_across(self, balls: slice, points: slice, bounds: np.ndarray) -> None:
        """Takes in lower bounds (balls, points)."""
        self._look(points, balls, bounds, across=True)

    def _look(self, points: slice, balls: slice, bounds: np.ndarray, *, across: bool) -> None:
        limit, positive = self._limits[balls], self._radii[balls] > 0.0
        eps = float(np.finfo(np.float32).eps)
        # A squared distance exceeds its lower bound by at most twice the error of both norms.
        largest = float(self._x.norms[points].max()) + self._y.norms[balls]
        surely = limit * (1.0 - eps) - (2.0 + eps) * self._x.error * largest
        maybe = limit * (1.0 + eps)
        surely[~positive] = maybe[~positive] = -np.inf
        inside = bounds < _broad(surely, across)
        possible = bounds <= _broad(maybe, across)
        rows = points.start + np.arange(points.stop - points.start)
        if np.count_nonzero(possible) != np.count_nonzero(inside):
            possible ^= inside
            if np.count_nonzero(possible) > MANY * possible.size + 16:
                inside, possible = self._in_float64(points, balls, across=across)
            close = np.flatnonzero(possible)
            first, second = np.divmod(close, bounds.shape[1])
            point, ball = (second, first) if across else (first, second)
            within = distances(self._x, self._y, points.start + point, balls.start + ball)
            inside.ravel()[close[within < self._radii[balls][ball]]] = True
        counts = np.count_nonzero(inside, axis=0 if across else 1)
        self.hits.counts[points] += counts
        single = np.flatnonzero(counts == 1)
        if len(single):
            lines = inside[:, single].T if across else inside[single]
            self.hits.sole[rows[single]] = balls.start + lines.argmax(axis=1)

    def _in_float64(
        self, points: slice, balls: slice, *, across: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        """Pairs that surely are inside, and pairs that must be measured."""
        scale = 2.0**-self._x.exponent
        x = self._x.points[points] * np.float64(scale)
        origin = x.mean(axis=0)
        x -= origin
        y = self._y.points[balls] * np.float64(scale) - origin
        norms = np.add.outer(np.einsum("nd,nd->n", x, x), np.einsum("nd,nd->n", y, y))
        squared = norms - 2.0 * (x @ y.T)
        slack = norms * (self._x.error / 2.0**29)  # float64 has 29 more bits
        limit = np.where(self._radii[balls] > 0.0, self._limits[balls], -np.inf)
        inside = squared < limit - slack
        possible = (squared <= limit + slack) & ~inside
        if across:
            return np.ascontiguousarray(inside.T), np.ascontiguousarray(possible.T)
        return inside, possible


def _broad(limits: np.ndarray, across: bool) -> np.ndarray:
    """Limits of balls in float32 against a tile whose columns, or rows, are the balls."""
    narrow = limits.astype(np.float32)
    return narrow[:, None] if across else narrow
