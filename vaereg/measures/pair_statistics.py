"""Statistics of all pairs of two sets of points, from one pass over the pairs."""

from __future__ import annotations

import attrs
import numpy as np

from vaereg.measures.ball_counts import BallCounts, Balls
from vaereg.measures.centred_points import CentredPoints, Frame
from vaereg.measures.cubic_sums import CubicSums
from vaereg.measures.full_search import settled
from vaereg.measures.nearest_so_far import NearestSoFar
from vaereg.measures.neighbours import Neighbours
from vaereg.measures.point_sets import point_sets
from vaereg.measures.tiles import into_bounds, product_tiles

LARGEST = 1e10
"""Above this, float32 is not good enough for cubes of products."""


@attrs.frozen(kw_only=True, eq=False)
class Cubes:
    """Sums of t^2 (t + 3) by point, t being the product of two centred points over a unit.

    Args:
        x, y: (n,) and (m,), over the other points of the same set.
        x_across, y_across: (n,) and (m,), over the points of the other set.
    """

    x: np.ndarray
    y: np.ndarray
    x_across: np.ndarray
    y_across: np.ndarray


@attrs.frozen(kw_only=True, eq=False)
class PairStatistics:
    """The result of `pair_statistics`.

    Args:
        x_in_x, x_in_y, y_in_x, y_in_y: the nearest neighbours of the points of the first set in
            the second; within a set a point is not its own neighbour.
        x_in_balls: in how many balls about points of y each point of x lies, strictly.
        y_in_balls: the same the other way round.
        cubes: None without `cube_unit`, or if float32 cannot hold them.
    """

    x_in_x: Neighbours
    x_in_y: Neighbours
    y_in_x: Neighbours
    y_in_y: Neighbours
    x_in_balls: Balls
    y_in_balls: Balls
    cubes: Cubes | None


def pair_statistics(
    x: np.ndarray,
    y: np.ndarray,
    k: int,
    *,
    radius: int | None = None,
    origin: np.ndarray | None = None,
    cube_unit: float | None = None,
) -> PairStatistics:
    """Neighbours, ball counts and sums of a cubic kernel; each pair is computed only once.

    Products of the centred sets are computed in float32 and in tiles, those within a set once for
    both directions. Squared distances follow from them with a bound on the error, and what the
    bound leaves open is measured exactly. So neighbours and counts are those of
    `nearest_neighbours` and `count_within`. Memory beyond the arguments is that of both sets in
    float32 and of a few tiles.

    Args:
        x: (n, d), n of at least 2.
        y: (m, d), m of at least 2.
        k: how many neighbours; fewer where a set has fewer.
        radius: the ball about a point reaches to its neighbour of this number in its own set, or
            to the last one where there are fewer; k by default.
        origin: (d,) what products are centred on, near the points; the mean of x by default.
        cube_unit: what products are divided by before they are cubed; None for no cubes.

    Raises:
        ValueError: for points that `nearest_neighbours` refuses, or fewer than 2.
    """
    x, y = point_sets(x, y)
    if min(len(x), len(y)) < 2:
        raise ValueError(f"x and y must have at least 2 points each; got {len(x)} and {len(y)}")
    radius = k if radius is None else radius
    if not 1 <= radius <= k:
        raise ValueError(f"radius must be from 1 to k = {k}; got {radius}")
    frame = Frame.of((x, y), x.mean(axis=0, dtype=np.float64) if origin is None else origin)
    of_x, of_y = frame.centred(x), frame.centred(y)
    factor = None
    if cube_unit is not None:
        unit = float(np.ldexp(1.0 / cube_unit, 2 * frame.exponent))
        if max(float(each.norms.max()) for each in (of_x, of_y)) * unit < LARGEST:
            factor = unit
    x_in_x, x_sums = _statistics_within(frame, x, of_x, k, factor)
    y_in_y, y_sums = _statistics_within(frame, y, of_y, k, factor)
    x_balls = BallCounts(frame, x, y, y_in_y.distances[:, :radius][:, -1])
    y_balls = BallCounts(frame, y, x, x_in_x.distances[:, :radius][:, -1])
    x_nearest = NearestSoFar(len(x), len(y), min(k, len(y)))
    y_nearest = NearestSoFar(len(y), len(x), min(k, len(x)))
    across = CubicSums(len(x), len(y), factor or 0.0)
    for tile in product_tiles(of_x, of_y):
        if factor is not None:
            across.add(tile, within=False)
        into_bounds(tile, of_x.error)
        x_nearest.add(tile)
        y_nearest.add_across(tile)
        x_balls.add(tile)
        y_balls.add_across(tile)
    return PairStatistics(
        x_in_x=x_in_x,
        x_in_y=settled(x_nearest, frame, x, y),
        y_in_x=settled(y_nearest, frame, y, x),
        y_in_y=y_in_y,
        x_in_balls=x_balls.balls,
        y_in_balls=y_balls.balls,
        cubes=None
        if factor is None
        else Cubes(x=x_sums.of_x, y=y_sums.of_x, x_across=across.of_x, y_across=across.of_y),
    )


def _statistics_within(
    frame: Frame, points: np.ndarray, centred: CentredPoints, k: int, factor: float | None
) -> tuple[Neighbours, CubicSums]:
    """The k nearest others of each point of a set, and the sums over pairs within it."""
    others = len(points) - 1
    nearest = NearestSoFar(len(points), others, min(k, others))
    sums = CubicSums(len(points), 0, factor or 0.0)
    for tile in product_tiles(centred, centred):
        if factor is not None:
            sums.add(tile, within=True)
        into_bounds(tile, centred.error)
        if tile.rows == tile.columns:
            np.fill_diagonal(tile.values, np.inf)
        else:
            nearest.add_across(tile)
        nearest.add(tile)
    return settled(nearest, frame, points, points, np.arange(len(points))), sums
