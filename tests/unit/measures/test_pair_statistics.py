"""Statistics of pairs from one pass against separate searches and counts."""

from __future__ import annotations

import numpy as np
import pytest

import vaereg
from vaereg.measures import full_search, nearest_so_far, tiles
from vaereg.measures.exact_distances import exact_distances


def normal(n: int, d: int = 20, seed: int = 0, offset: float = 0.0) -> np.ndarray:
    return (np.random.default_rng(seed).normal(size=(n, d)) + offset).astype(np.float32)


def heaps(n: int, apart: float) -> np.ndarray:
    """Points in three heaps whose members are `apart` from each other, and some equal ones."""
    rng = np.random.default_rng(7)
    values = normal(3, 16, 1, 5.0)[rng.integers(0, 3, n)]
    values = values + apart * rng.normal(size=values.shape)
    values[: n // 10] = values[n // 10 : 2 * (n // 10)]
    return values.astype(np.float32)


SETS = {
    "apart": (normal(300), normal(250, seed=1)),
    "far from 0": (normal(200, offset=1e4), normal(220, seed=1, offset=1e4)),
    "near copies": (normal(200), normal(200) + np.float32(1e-6)),
    "copies": (normal(200), np.concatenate([normal(200)[::2], normal(90, seed=3)])),
    "heaps": (heaps(200, 1e-5), heaps(150, 1e-5)),
    "few values": tuple(
        np.random.default_rng(s).integers(0, 3, (150, 6)).astype(np.float32) for s in (1, 2)
    ),
    "few": (normal(6), normal(7, seed=1)),
    "collapsed": (normal(80), np.repeat(normal(1), 60, axis=0)),
    "collapsed far away": (normal(300), (7 + 1e-6 * normal(200, seed=1)).astype(np.float32)),
}


def compared(
    name: str, tile: int, monkeypatch: pytest.MonkeyPatch, k: int = 5
) -> vaereg.PairStatistics:
    monkeypatch.setattr(tiles, "TILE", tile)
    return vaereg.pair_statistics(*SETS[name], 5, radius=k, cube_unit=20.0)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("tile", [37, 1024])
def test_neighbours_are_those_of_searches(
    name: str, tile: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    x, y = SETS[name]

    found = compared(name, tile, monkeypatch)

    for queries, references, (distances, indices) in (
        (x, x, found.x_in_x),
        (x, y, found.x_in_y),
        (y, x, found.y_in_x),
        (y, y, found.y_in_y),
    ):
        own = queries is references
        k = min(5, len(references) - own)
        expected = vaereg.nearest_neighbours(queries, references, k, leave_out_self=own)
        np.testing.assert_allclose(distances, expected.distances, rtol=1e-12, atol=0.0)
        measured = np.linalg.norm(queries[:, None].astype(float) - references[indices], axis=-1)
        np.testing.assert_allclose(measured, distances, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", SETS)
def test_more_neighbours_within_x_change_nothing_else(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    x, y = SETS[name]
    few = compared(name, 37, monkeypatch, 3)

    found = vaereg.pair_statistics(x, y, 5, radius=3, within=9, cube_unit=20.0)

    expected = vaereg.nearest_neighbours(x, x, min(9, len(x) - 1), leave_out_self=True)
    np.testing.assert_allclose(found.x_in_x.distances, expected.distances, rtol=1e-12, atol=0.0)
    np.testing.assert_array_equal(found.y_in_y.distances, few.y_in_y.distances)
    np.testing.assert_array_equal(found.x_in_y.distances, few.x_in_y.distances)
    np.testing.assert_array_equal(found.x_in_balls.counts, few.x_in_balls.counts)
    np.testing.assert_array_equal(found.y_in_balls.counts, few.y_in_balls.counts)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize(("tile", "k"), [(37, 3), (1024, 5)])
def test_balls_are_those_of_counts(
    name: str, tile: int, k: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, generated = SETS[name]

    found = compared(name, tile, monkeypatch, k)

    for balls, points, centres, own in (
        (found.y_in_balls, generated, real, found.x_in_x),
        (found.x_in_balls, real, generated, found.y_in_y),
    ):
        radii = own.distances[:, k - 1]
        np.testing.assert_array_equal(balls.counts, vaereg.count_within(points, centres, radii))
        single = np.flatnonzero(balls.counts == 1)
        for row in single[:20]:
            ball = balls.sole[row]
            alone = vaereg.count_within(points[row][None], centres[ball][None], radii[ball][None])
            assert alone.tolist() == [1]


def test_fewer_neighbours_may_be_kept_of_the_other_set() -> None:
    x, y = SETS["apart"]

    found = vaereg.pair_statistics(x, y, 5, k_across=2)

    whole = vaereg.pair_statistics(x, y, 5)
    np.testing.assert_array_equal(found.x_in_x.distances, whole.x_in_x.distances)
    for one, other in ((found.x_in_y, whole.x_in_y), (found.y_in_x, whole.y_in_x)):
        np.testing.assert_array_equal(one.distances, other.distances[:, :2])
        np.testing.assert_array_equal(one.indices, other.indices[:, :2])


@pytest.mark.parametrize("across", [False, True])
@pytest.mark.parametrize("references", [20, 100, 130, 700])
def test_each_query_has_enough_references_below_its_first_limit(
    references: int, across: bool
) -> None:
    bounds = normal(50, references)

    limits = nearest_so_far.first_limits(bounds.T if across else bounds, 9, across=across)

    below = (bounds < limits[:, None]).sum(axis=1)
    assert below.min() >= 9
    assert below.max() < 9 + 0.2 * references


def test_a_tile_with_fewer_references_than_candidates_sets_no_limit() -> None:
    assert np.isinf(nearest_so_far.first_limits(normal(5, 8), 9, across=False)).all()


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_the_scale_of_values_changes_no_neighbour(scale: float) -> None:
    real, generated = SETS["apart"]

    found = vaereg.pair_statistics(
        real * np.float32(scale), generated * np.float32(scale), 5, cube_unit=20.0 * scale**2
    )

    plain = vaereg.pair_statistics(real, generated, 5, cube_unit=20.0)
    for one, other in (
        (found.x_in_x, plain.x_in_x),
        (found.x_in_y, plain.x_in_y),
        (found.y_in_x, plain.y_in_x),
        (found.y_in_y, plain.y_in_y),
    ):
        np.testing.assert_allclose(one.distances / scale, other.distances, rtol=1e-5)
        np.testing.assert_array_equal(one.indices, other.indices)
    assert found.cubes is not None
    assert plain.cubes is not None
    np.testing.assert_allclose(found.cubes.x, plain.cubes.x, rtol=1e-4)


def test_cubes_are_the_sums_over_all_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = SETS["apart"]

    cubes = compared("apart", 64, monkeypatch).cubes

    centre = x.mean(axis=0, dtype=float)

    def sums(a: np.ndarray, b: np.ndarray, own: bool) -> np.ndarray:
        t = (a - centre) @ (b - centre).T / 20.0
        cube = t**3 + 3 * t**2
        if own:
            np.fill_diagonal(cube, 0.0)
        return cube.sum(axis=1)

    assert cubes is not None
    np.testing.assert_allclose(cubes.x, sums(x, x, own=True), rtol=1e-5)
    np.testing.assert_allclose(cubes.y, sums(y, y, own=True), rtol=1e-5)
    np.testing.assert_allclose(cubes.x_across, sums(x, y, own=False), rtol=1e-5)
    np.testing.assert_allclose(cubes.y_across, sums(y, x, own=False), rtol=1e-5)


def test_cubes_are_left_out_without_cube_unit_or_if_float32_cannot_hold_them() -> None:
    x = normal(50)

    assert vaereg.pair_statistics(x, x, 5).cubes is None
    assert vaereg.pair_statistics(x, x * np.float32(1e7), 5, cube_unit=20.0).cubes is None


def test_a_set_that_lies_far_away_is_not_measured_pair_by_pair(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    measured: list[int] = []

    def counted(
        queries: np.ndarray, references: np.ndarray, rows: np.ndarray, columns: np.ndarray
    ) -> np.ndarray:
        measured.append(len(rows))
        return exact_distances(queries, references, rows, columns)

    for module in (full_search, nearest_so_far):
        monkeypatch.setattr(module, "exact_distances", counted)
    x, y = SETS["collapsed far away"]

    vaereg.pair_statistics(x, y, 5)

    # Ten or so candidates of each query, twice for those that float32 left open the first time.
    assert sum(measured) < 25 * 2 * (len(x) + len(y))


@pytest.mark.parametrize(
    ("x", "y", "changes", "message"),
    [
        (normal(1), normal(9), {}, "at least 2 points each; got 1 and 9"),
        (normal(9), normal(9), {"radius": 6}, "from 1 to k = 5; got 6"),
        (normal(9), normal(9), {"radius": 0}, "from 1 to k = 5; got 0"),
        (normal(9), normal(9), {"k_across": 0}, "k_across must be at least 1; got 0"),
        (normal(9), np.full((9, 20), np.nan), {}, "must be finite"),
    ],
)
def test_sets_that_cannot_be_compared_are_refused(
    x: np.ndarray, y: np.ndarray, changes: dict[str, int], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        vaereg.pair_statistics(x, y, 5, **changes)
