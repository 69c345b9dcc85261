"""Nearest neighbours against scikit-learn's brute force, and where rounding could mislead."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

import vaereg
from vaereg.measures import tiles
from vaereg.measures.exact_distances import exact_distances

nearest_neighbours = vaereg.nearest_neighbours


def points(n: int, d: int, seed: int = 0, offset: float = 0.0) -> np.ndarray:
    return (np.random.default_rng(seed).normal(size=(n, d)) + offset).astype(np.float32)


def brute(queries: np.ndarray, references: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Distances and indices from all differences in float64."""
    apart = queries[:, None].astype(np.float64) - references[None].astype(np.float64)
    distances = np.sqrt(np.square(apart).sum(axis=-1))
    order = np.argsort(distances, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(distances, order, axis=1), order


@pytest.mark.parametrize("d", [1, 2, 16, 300])
@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_neighbours_are_those_of_all_differences(d: int, offset: float) -> None:
    queries, references = points(150, d, 1, offset), points(200, d, 2, offset)

    found = nearest_neighbours(queries, references, 5)

    distances, indices = brute(queries, references, 5)
    np.testing.assert_allclose(found.distances, distances, rtol=1e-12, atol=0)
    np.testing.assert_array_equal(found.indices, indices)


def test_neighbours_are_those_of_scikit_learn() -> None:
    queries, references = points(700, 24, 1), points(900, 24, 2)

    found = nearest_neighbours(queries, references, 7)

    search = NearestNeighbors(algorithm="brute").fit(references.astype(np.float64))
    distances, indices = search.kneighbors(queries.astype(np.float64), 7)
    np.testing.assert_allclose(found.distances, distances, rtol=1e-7)  # theirs cancels
    np.testing.assert_array_equal(found.indices, indices)


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    queries, references = points(70, 6, 1), points(90, 6, 2)
    whole = nearest_neighbours(queries, references, 4)

    monkeypatch.setattr(tiles, "HELD", 6 * 7)  # 7 references at once
    monkeypatch.setattr(tiles, "TILE", 5)
    parts = nearest_neighbours(queries, references, 4)

    np.testing.assert_array_equal(parts.distances, whole.distances)
    np.testing.assert_array_equal(parts.indices, whole.indices)


def test_leave_out_self_skips_only_the_query_itself_and_not_equal_points() -> None:
    x = points(60, 5)
    x[17] = x[3]

    found = nearest_neighbours(x, x, 1, leave_out_self=True)

    distances, indices = brute(x, x, 2)
    apart = np.delete(np.arange(60), [3, 17])
    np.testing.assert_allclose(found.distances[apart, 0], distances[apart, 1], rtol=1e-12)
    np.testing.assert_array_equal(found.indices[apart, 0], indices[apart, 1])
    assert found.distances[[3, 17], 0].tolist() == [0.0, 0.0]
    assert found.indices[[3, 17], 0].tolist() == [17, 3]


@pytest.mark.parametrize("offset", [0.0, 100.0])
def test_copies_are_exactly_zero_apart(offset: float) -> None:
    references = points(3000, 64, offset=offset)
    queries = references[::3].copy()

    found = nearest_neighbours(queries, references, 1)

    assert not found.distances.any()
    np.testing.assert_array_equal(found.indices[:, 0], np.arange(0, 3000, 3))


@pytest.mark.parametrize("apart", [1e-2, 1e-4, 1e-7])  # in float32, float64 and neither
def test_near_copies_are_distinguished_where_products_cancel(apart: float) -> None:
    # Thirty references differ from the query by less than rounding of |q|^2 + |r|^2 - 2 q.r.
    far = np.random.default_rng(0).normal(size=(200, 8)) * 1e3
    query = far[:1].copy()
    near = query + apart * np.arange(30, 0, -1)[:, None] * np.eye(8)[0]
    references = np.concatenate([far[1:], near])

    found = nearest_neighbours(query, references, 3)

    assert found.indices[0].tolist() == [228, 227, 226]
    np.testing.assert_allclose(found.distances[0], apart * np.arange(1, 4), rtol=1e-5)


def test_of_equally_near_references_the_first_is_taken() -> None:
    references = np.repeat(points(4, 3), 5, axis=0)

    found = nearest_neighbours(references, references, 2)

    np.testing.assert_array_equal(
        found.indices, np.repeat([[0, 1], [5, 6], [10, 11], [15, 16]], 5, axis=0)
    )


def test_equal_points_are_allowed() -> None:
    x = np.full((50, 7), 0.3, np.float32)

    found = nearest_neighbours(x, x, 5, leave_out_self=True)

    assert not found.distances.any()
    assert not (found.indices == np.arange(50)[:, None]).any()


@pytest.mark.parametrize("scale", [1e-200, 1e-30, 1e30, 1e200])
def test_tiny_and_huge_values_keep_their_digits(scale: float) -> None:
    x = points(80, 4).astype(np.float64)

    with np.errstate(all="raise", under="ignore"):
        found = nearest_neighbours(x * scale, x * scale, 3, leave_out_self=True)

    plain = nearest_neighbours(x, x, 3, leave_out_self=True)
    np.testing.assert_allclose(found.distances / scale, plain.distances, rtol=1e-12)
    np.testing.assert_array_equal(found.indices, plain.indices)


def test_points_whose_squares_float32_cannot_hold_are_searched_in_float64() -> None:
    # Two points give the set its unit; the others are about 0, with squared distances near 1e-44.
    x = np.concatenate([1e-22 * points(300, 6).astype(float), np.ones((1, 6)), -np.ones((1, 6))])

    found = nearest_neighbours(x, x, 5, leave_out_self=True)

    alone = brute(x[:300], x[:300], 6)[0][:, 1:]
    np.testing.assert_allclose(found.distances[:300], alone, rtol=1e-12)


def test_all_references_may_be_neighbours() -> None:
    x = points(9, 2)

    found = nearest_neighbours(x, x, 8, leave_out_self=True)

    distances, _ = brute(x, x, 9)
    np.testing.assert_allclose(found.distances, distances[:, 1:], rtol=1e-12)


def test_a_distance_is_the_same_to_the_bit_in_every_search() -> None:
    x, y = points(40, 77, 1), points(40, 77, 2)
    rows = np.arange(40)

    together = exact_distances(x, y, rows, rows)

    alone = [exact_distances(y, x, rows[i : i + 1], rows[i : i + 1])[0] for i in rows]
    np.testing.assert_array_equal(together, alone)


@pytest.mark.parametrize(
    ("queries", "references", "k", "leave", "message"),
    [
        (np.zeros((3, 2)), np.zeros((3, 4)), 1, False, r"\(3, 2\) and \(3, 4\)"),
        (np.zeros((0, 2)), np.zeros((3, 2)), 1, False, r"queries must have.*got \(0, 2\)"),
        (np.zeros((3, 2)), np.zeros(3), 1, False, r"references must have.*got \(3,\)"),
        (np.zeros((3, 2)), np.array([[0, 1], [np.nan, 0]]), 1, False, r"1 of 2 rows.*is row 1"),
        (np.full((3, 2), np.inf), np.zeros((3, 2)), 1, False, r"3 of 3 rows"),
        (np.zeros((3, 2)), np.zeros((3, 2)), 4, False, "from 1 to .* 3; got 4"),
        (np.zeros((3, 2)), np.zeros((3, 2)), 3, True, "from 1 to .* 2; got 3"),
        (np.zeros((3, 2)), np.zeros((3, 2)), 0, False, "got 0"),
        (np.zeros((3, 2)), np.zeros((4, 2)), 1, True, "leave_out_self"),
        (np.full((3, 2), "a"), np.zeros((4, 2)), 1, False, "dtype"),
    ],
)
def test_sets_that_cannot_be_searched_are_refused(
    queries: np.ndarray, references: np.ndarray, k: int, leave: bool, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        nearest_neighbours(queries, references, k, leave_out_self=leave)


MEASURE = """
import sys, tracemalloc
import numpy as np, vaereg
n, d = map(int, sys.argv[1:])
x = np.random.default_rng(0).normal(size=(n, d)).astype(np.float32)
vaereg.nearest_neighbours(x[:50], x[:50], 1)
tracemalloc.start()
radii = vaereg.nearest_neighbours(x, x, 5, leave_out_self=True).distances[:, -1]
vaereg.count_within(x, x, radii)
print(tracemalloc.get_traced_memory()[1])
"""


@pytest.mark.slow
def test_memory_stays_bounded_as_the_sets_grow() -> None:
    def peak(n: int, d: int) -> float:
        command = [sys.executable, "-c", MEASURE, str(n), str(d)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return int(done.stdout) / 2**20

    # All distances of 12,000 points would be 549 MiB; blocks hold the same for any n.
    assert peak(4000, 32) < 400
    assert peak(12000, 32) < 400
    assert peak(4000, 1280) < 400
