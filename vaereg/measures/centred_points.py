"""Points centred on a common origin, ready for products of many pairs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import attrs
import numpy as np

Float: TypeAlias = type[np.float32] | type[np.float64]
"""The type that distances are computed in."""

BLOCK = 1 << 20
"""The number of values to convert to float64 at once: 8 MiB, which fits in caches."""

DEVIATIONS = 8.0
"""The rounding error of a sum of d products is below `DEVIATIONS` sqrt(d) units in the last place
with overwhelming probability (Higham and Mary 2019, "A new approach to probabilistic rounding
error analysis"), and never above d units."""


def rounding_error(d: int, dtype: Float) -> float:
    """Bounds the error of |x|^2 + |y|^2 - 2 x.y, as a share of |x|^2 + |y|^2.

    The bound covers d products, centring, the sums of squares and the final additions.
    """
    eps = float(np.finfo(dtype).eps)
    return eps * (min(d, DEVIATIONS * math.sqrt(d)) + 16.0)


@attrs.frozen(kw_only=True, eq=False)
class CentredPoints:
    """Points in a `Frame`.

    Args:
        values: (n, d) float32 or float64.
        norms: (n,) the squared lengths of the points, of the same type.
    """

    values: np.ndarray
    norms: np.ndarray

    def __len__(self) -> int:
        return len(self.values)

    @property
    def error(self) -> float:
        """The `rounding_error` of these values."""
        return rounding_error(self.values.shape[1], self.values.dtype.type)


@attrs.frozen(kw_only=True, eq=False)
class Frame:
    """The origin and unit that several sets of points share.

    Args:
        origin: (d,) float64, near the points, which minimises cancellation in squared distances.
        exponent: points are divided by 2 ** exponent, so that squares stay in range.
    """

    origin: np.ndarray
    exponent: int

    @classmethod
    def of(cls, sets: Sequence[np.ndarray], origin: np.ndarray) -> Frame:
        """The frame in which no value of the sets (n, d), all finite, exceeds 1 by much."""
        largest = max(float(max(each.max(), -each.min())) for each in sets)
        exponent = int(np.clip(np.frexp(largest)[1], -1000, 1000))  # 2 ** exponent stays finite
        return cls(origin=origin, exponent=exponent)

    @classmethod
    def about(cls, queries: np.ndarray, references: np.ndarray) -> Frame:
        """The frame of two sets, centred on the mean of the references."""
        unscaled = cls.of((queries, references), np.zeros(references.shape[1]))
        total = np.zeros(references.shape[1])
        step = max(1, BLOCK // references.shape[1])
        for start in range(0, len(references), step):
            total += unscaled.scaled(references[start : start + step]).sum(axis=0)
        mean = np.ldexp(total / len(references), unscaled.exponent)
        return cls(origin=mean, exponent=unscaled.exponent)

    def scaled(self, points: np.ndarray) -> np.ndarray:
        """Divides points (n, d) by 2 ** exponent, in float64, without centring."""
        values = points.astype(np.float64)
        values *= 2.0**-self.exponent
        return values

    def centred(self, points: np.ndarray, dtype: Float = np.float32) -> CentredPoints:
        """Centres and scales points (n, d): (points - origin) / 2 ** exponent."""
        origin = self.origin * 2.0**-self.exponent
        values = np.empty(points.shape, dtype)
        norms = np.empty(len(points), dtype)
        step = max(1, BLOCK // points.shape[1])
        for start in range(0, len(points), step):
            part = self.scaled(points[start : start + step])
            part -= origin
            values[start : start + step] = part
            norms[start : start + step] = np.einsum("nd,nd->n", part, part)
        return CentredPoints(values=values, norms=norms)
