"""Statistics of all pairs of points of two sets, from one pass over the pairs."""

from __future__ import annotations

from collections.abc import Iterator

import attrs
import numpy as np

from vaereg.measures.ball_counts import BallCounts, Balls
from vaereg.measures.centred_points import CentredPoints, Frame
from vaereg.measures.cubic_sums import CubicSums
from vaereg.measures.full_search import settled
from vaereg.measures.nearest_so_far import NearestSoFar
from vaereg.measures.neighbours import Neighbours
from vaereg.measures.point_sets import point_sets
from vaereg.measures.tiles import TILE, Tile, into_bounds, product_tiles

LARGEST = 1e10
"""Above this, float32 cannot hold cubes of products precisely enough."""


@attrs.frozen(kw_only=True, eq=False)
class Cubes:
    """Sums of t^2 (t + 3) for each point, with t the product of two centred points over a unit.

    Args:
        x, y: (n,) and (m,), sums over the other points of the same set.
        x_across, y_across: (n,) and (m,), sums over the points of the other set.
    """

    x: np.ndarray
    y: np.ndarray
    x_across: np.ndarray
    y_across: np.ndarray


@attrs.frozen(kw_only=True, eq=False)
class PairStatistics:
    """The result of `pair_statistics`.

    Args:
        x_in_x, x_in_y, y_in_x, y_in_y: `a_in_b` holds the neighbours in b of the points of a;
            a point is not its own neighbour.
        x_in_balls: the balls about points of y that each point of x lies strictly within.
        y_in_balls: the balls about points of x that each point of y lies strictly within.
        cubes: None without `cube_unit`, or if float32 cannot hold the sums.
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
    k_across: int | None = None,
    radius: int | None = None,
    within: int | None = None,
    origin: np.ndarray | None = None,
    cube_unit: float | None = None,
) -> PairStatistics:
    """Computes neighbours, ball counts and cubic kernel sums from one pass over all pairs.

    Products of the centred points are computed in float32, tile by tile; products within a set are
    used for both directions. Squared distances follow with a bound on their error, and pairs that
    the bound leaves open are measured exactly. So neighbours and counts equal those of
    `nearest_neighbours` and `count_within`. Beyond the arguments, memory holds one of the sets in
    float32 and a few tiles.

    Args:
        x: (n, d), n >= 2.
        y: (m, d), m >= 2.
        k: the number of neighbours, or all other points of a set that has fewer.
        k_across: the number of neighbours in the other set; k by default.
        radius: the ball about a point reaches to its `radius`-th neighbour in its own set, or to
            the last neighbour in a smaller set; k by default.
        within: the number of neighbours of each point of x in x, at least k; k by default.
        origin: (d,) the point near both sets on which they are centred; by default the mean of x.
        cube_unit: products are divided by this before they are cubed; None for no cubes.

    Raises:
        ValueError: for points that `nearest_neighbours` refuses, or fewer than 2.
    """
    x, y = point_sets(x, y)
    if min(len(x), len(y)) < 2:
        raise ValueError(f"x and y must have at least 2 points each; got {len(x)} and {len(y)}")
    radius = k if radius is None else radius
    if not 1 <= radius <= k:
        raise ValueError(f"radius must be from 1 to k = {k}; got {radius}")
    k_across = k if k_across is None else k_across
    if k_across < 1:
        raise ValueError(f"k_across must be at least 1; got {k_across}")
    within = k if within is None else within
    if within < k:
        raise ValueError(f"within must be at least k = {k}; got {within}")
    frame = Frame.of((x, y), x.mean(axis=0, dtype=np.float64) if origin is None else origin)
    unit = None if cube_unit is None else float(np.ldexp(1.0 / cube_unit, 2 * frame.exponent))
    x_in_x, x_sums = _statistics_within(frame, x, frame.centred(x), within, unit)
    of_y = frame.centred(y)
    y_in_y, y_sums = _statistics_within(frame, y, of_y, k, unit)
    x_balls = BallCounts(frame, x, y, y_in_y.distances[:, :radius][:, -1])
    y_balls = BallCounts(frame, y, x, x_in_x.distances[:, :radius][:, -1])
    x_nearest = NearestSoFar(len(x), len(y), min(k_across, len(y)))
    y_nearest = NearestSoFar(len(y), len(x), min(k_across, len(x)))
    across = None
    if x_sums is not None and y_sums is not None:
        across = CubicSums(len(x), len(y), x_sums.factor)
    for tile in _tiles_across(frame, x, of_y):
        if across is not None:
            across.add(tile, within=False)
        into_bounds(tile, of_y.error)
        x_nearest.add(tile)
        y_nearest.add_across(tile)
        x_balls.add(tile)
        y_balls.add_across(tile)
    del of_y
    return PairStatistics(
        x_in_x=x_in_x,
        x_in_y=settled(x_nearest, frame, x, y),
        y_in_x=settled(y_nearest, frame, y, x),
        y_in_y=y_in_y,
        x_in_balls=x_balls.balls,
        y_in_balls=y_balls.balls,
        cubes=None
        if across is None or x_sums is None or y_sums is None
        else Cubes(x=x_sums.of_x, y=y_sums.of_x, x_across=across.of_x, y_across=across.of_y),
    )


def _statistics_within(
    frame: Frame, points: np.ndarray, centred: CentredPoints, k: int, unit: float | None
) -> tuple[Neighbours, CubicSums | None]:
    """The k nearest other points of each point of a set, and the kernel sums within the set.

    There are no sums without a unit, or if float32 cannot hold them.
    """
    others = len(points) - 1
    nearest = NearestSoFar(len(points), others, min(k, others))
    sums = None
    if unit is not None and float(centred.norms.max()) * unit < LARGEST:
        sums = CubicSums(len(points), 0, unit)
    for tile in product_tiles(centred, centred):
        if sums is not None:
            sums.add(tile, within=True)
        into_bounds(tile, centred.error)
        if tile.rows == tile.columns:
            np.fill_diagonal(tile.values, np.inf)
        else:
            nearest.add_across(tile)
        nearest.add(tile)
    return settled(nearest, frame, points, points, np.arange(len(points))), sums


def _tiles_across(frame: Frame, x: np.ndarray, y: CentredPoints) -> Iterator[Tile]:
    """The products of all pairs of two sets; x is centred piece by piece, which saves memory."""
    for top in range(0, len(x), TILE):
        for tile in product_tiles(frame.centred(x[top : top + TILE]), y):
            yield tile._replace(rows=slice(tile.rows.start + top, tile.rows.stop + top))
