"""What the metrics ask of all pairs of real and generated features, from one look at each pair."""

from __future__ import annotations

import attrs
import numpy as np

import vaereg
from vaereg.basics.metrics.distances.ball_hits import BallHits, Hits
from vaereg.basics.metrics.distances.centred_set import CentredSet, centred_sets, tiles
from vaereg.basics.metrics.distances.cubic_sums import CubicSums
from vaereg.basics.metrics.distances.nearest_so_far import NearestSoFar
from vaereg.basics.metrics.evidence.feature_moments import feature_moments
from vaereg.basics.metrics.evidence.feature_sets import feature_sets

KEPT = 5
"""As many neighbours are searched at least, so that metrics that need fewer find them there."""

LARGEST = 1e10
"""Beyond this the cube of what a kernel is computed from is no good float32."""


@attrs.frozen(kw_only=True, eq=False)
class Cubes:
    """Sums of t^2 (t + 3) by example, t being the product of two centred examples over the total
    variance of real features.

    Args:
        real, generated: (p,) and (n,), over the others of the same set.
        real_across, generated_across: over the other set.
    """

    real: np.ndarray
    generated: np.ndarray
    real_across: np.ndarray
    generated_across: np.ndarray


@attrs.frozen(kw_only=True, eq=False)
class Pairs:
    """What is known of all pairs.

    Args:
        nearest: (queries, references) -> distances (n, k) float64 increasing, and indices; within
            a set an example is not its own neighbour.
        among_real: in how many balls about real examples, as far as their k-th neighbour, each
            generated one lies.
        among_generated: the same the other way round.
        cubes: None where float32 cannot hold them.
    """

    nearest: dict[tuple[str, str], tuple[np.ndarray, np.ndarray]]
    among_real: Hits
    among_generated: Hits
    cubes: Cubes | None


def feature_pairs(evidence: vaereg.Evidence, k: int = KEPT) -> Pairs:
    """All pairs of checked features, kept under ("pairs", k).

    Products of the centred sets are computed in float32 and in tiles, those within a set once for
    both directions; the lengths of the differences follow from them with a bound on the error, and
    what the bound leaves open is measured exactly. So neighbours and hits are those of
    `vaereg.nearest_neighbours` and `vaereg.count_within`. Memory beyond the features is that of
    both in float32 and of a few tiles.

    Args:
        evidence: with at least 2 examples on each side.
        k: whose distance is the radius of balls; where a set has fewer, its last one's.
    """

    def compute() -> Pairs:
        real, generated = feature_sets(evidence)
        moments = feature_moments(evidence, "real")
        x, y = centred_sets([real, generated], moments.mean)
        unit = float(np.ldexp(1.0 / np.trace(moments.covariance), 2 * x.exponent))
        return _looked_at(x, y, k, unit)

    found: Pairs = evidence.shared(("pairs", k), compute)
    return found


def _looked_at(real: CentredSet, generated: CentredSet, k: int, unit: float) -> Pairs:
    largest = max(float(each.norms.max()) for each in (real, generated)) * unit
    cubic = largest < LARGEST
    searched = max(k, KEPT)
    nearest = {}
    sums = {}
    for name, each in (("real", real), ("generated", generated)):
        nearest[name, name], sums[name] = _within(each, searched, unit, cubic)
    real_radii, generated_radii = (
        nearest[name, name][0][:, :k][:, -1] for name in ("real", "generated")
    )
    among_real = BallHits(generated, real, real_radii)
    among_generated = BallHits(real, generated, generated_radii)
    to_real = NearestSoFar(len(generated), len(real), min(searched, len(real)))
    to_generated = NearestSoFar(len(real), len(generated), min(searched, len(generated)))
    across = CubicSums(len(real), len(generated), unit)
    for rows, columns, products in tiles(real, generated):
        if cubic:
            across.look(rows, columns, products, within=False)
        bounds = _lower_bounds(real, generated, rows, columns, products)
        to_generated.look(rows, columns, bounds)
        to_real.look_across(rows, columns, bounds)
        among_generated.look(rows, columns, bounds)
        among_real.look_across(rows, columns, bounds)
    nearest["real", "generated"] = to_generated.settled(real, generated)
    nearest["generated", "real"] = to_real.settled(generated, real)
    return Pairs(
        nearest=nearest,
        among_real=among_real.hits,
        among_generated=among_generated.hits,
        cubes=Cubes(
            real=sums["real"].of_x,
            generated=sums["generated"].of_x,
            real_across=across.of_x,
            generated_across=across.of_y,
        )
        if cubic
        else None,
    )


def _within(
    points: CentredSet, k: int, unit: float, cubic: bool
) -> tuple[tuple[np.ndarray, np.ndarray], CubicSums]:
    """The k nearest others of each point of a set, and the sums over pairs within it."""
    others = len(points) - 1
    search = NearestSoFar(len(points), others, min(k, others))
    sums = CubicSums(len(points), 0, unit)
    for rows, columns, products in tiles(points, points):
        if cubic:
            sums.look(rows, columns, products, within=True)
        bounds = _lower_bounds(points, points, rows, columns, products)
        if rows == columns:
            np.fill_diagonal(bounds, np.inf)
        else:
            search.look_across(rows, columns, bounds)
        search.look(rows, columns, bounds)
    return search.settled(points, points), sums


def _lower_bounds(
    x: CentredSet, y: CentredSet, rows: slice, columns: slice, products: np.ndarray
) -> np.ndarray:
    """What squared distances are at least, in the place of the products."""
    less = np.float32(1.0 - x.error)
    products *= np.float32(-2.0)
    products += y.norms[columns] * less
    products += (x.norms[rows] * less)[:, None]
    return products
