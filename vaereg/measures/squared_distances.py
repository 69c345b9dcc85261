"""Squared distances of many points at once, with a bound on their error."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import numpy as np

BLOCK = 1 << 23
"""How many values of points are centred at once: 64 MiB of float64."""

QUERIES = 1024
"""How many queries are held against a block of references."""

DEVIATIONS = 8.0
"""Rounding errors of a sum of d products add up to `DEVIATIONS` sqrt(d) units in the last place
with overwhelming probability (Higham and Mary 2019, "A new approach to probabilistic rounding
error analysis"); d units at the very most."""


@attrs.frozen(kw_only=True, eq=False)
class SquaredDistances:
    """|q|^2 + |r|^2 - 2 q.r of points about a common origin, where it cancels least.

    Args:
        queries: (n, d).
        references: (m, d).
        exponent: points are divided by 2 ** exponent, so that squares stay in range; then they
            are at most about 1 in each dimension.
        centre: (d,) the mean of the references, divided likewise.
    """

    queries: np.ndarray
    references: np.ndarray
    exponent: int
    centre: np.ndarray

    @classmethod
    def of(cls, queries: np.ndarray, references: np.ndarray) -> SquaredDistances:
        """The distances of two checked sets of points (see `point_sets`)."""
        largest = max(float(max(each.max(), -each.min())) for each in (queries, references))
        exponent = int(np.clip(np.frexp(largest)[1], -1000, 1000))  # so that 2 ** it is finite
        total = np.zeros(references.shape[1])
        for part in _parts(len(references), _rows(references)):
            total += (references[part].astype(np.float64) * 2.0**-exponent).sum(axis=0)
        return cls(
            queries=queries,
            references=references,
            exponent=exponent,
            centre=total / len(references),
        )

    @property
    def largest_norm(self) -> float:
        """What |q|^2 + |r|^2 cannot exceed, divided by 4 ** exponent."""
        return 8.0 * self.queries.shape[1]  # a value and the centre are at most 1 each

    def error(self, dtype: type) -> float:
        """A bound on the error of |q|^2 + |r|^2 - 2 q.r in `dtype`, as a share of |q|^2 + |r|^2."""
        d = self.queries.shape[1]
        # Eight more for centring, the two squares' sums, and the last additions.
        return float(np.finfo(dtype).eps) * (min(d, DEVIATIONS * d**0.5) + 8.0)

    def blocks(
        self, rows: np.ndarray, dtype: type
    ) -> Iterator[tuple[np.ndarray, slice, np.ndarray, np.ndarray]]:
        """The distances of some queries from all references, block by block.

        Args:
            rows: (k,) int, which queries.
            dtype: np.float32 or np.float64.

        Yields:
            part: (b,) positions in `rows`.
            columns: which references.
            squared: (b, c) squared distances in `dtype`, divided by 4 ** exponent.
            norms: (b, c) |q|^2 + |r|^2 likewise, which `error` is a share of.
        """
        for columns in _parts(len(self.references), _rows(self.references)):
            r = self._centred(self.references[columns], dtype)
            r_norms = np.einsum("nd,nd->n", r, r)
            for part in _parts(len(rows), min(QUERIES, _rows(self.queries))):
                q = self._centred(self.queries[rows[part]], dtype)
                norms = np.add.outer(np.einsum("nd,nd->n", q, q), r_norms)
                squared = q @ r.T
                squared *= dtype(-2.0)
                squared += norms
                yield np.arange(len(rows))[part], columns, squared, norms

    def _centred(self, points: np.ndarray, dtype: type) -> np.ndarray:
        centred = points.astype(np.float64)
        centred *= 2.0**-self.exponent
        centred -= self.centre
        return centred.astype(dtype)


def _rows(points: np.ndarray) -> int:
    return max(1, BLOCK // points.shape[1])


def _parts(length: int, step: int) -> Iterator[slice]:
    for start in range(0, length, step):
        yield slice(start, min(start + step, length))
