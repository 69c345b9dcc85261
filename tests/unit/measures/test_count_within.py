"""Counts of balls against all distances, and ties that must fall outside."""

from __future__ import annotations

import numpy as np
import pytest

import vaereg
from vaereg.measures import tiles

count_within = vaereg.count_within
nearest_neighbours = vaereg.nearest_neighbours


def points(n: int, d: int, seed: int = 0, offset: float = 0.0) -> np.ndarray:
    return (np.random.default_rng(seed).normal(size=(n, d)) + offset).astype(np.float32)


def brute(queries: np.ndarray, references: np.ndarray, radii: np.ndarray) -> np.ndarray:
    apart = queries[:, None].astype(np.float64) - references[None].astype(np.float64)
    return (np.sqrt(np.square(apart).sum(axis=-1)) < radii).sum(axis=1)


@pytest.mark.parametrize("d", [1, 3, 64])
@pytest.mark.parametrize("offset", [0.0, 1e4])
def test_counts_are_those_of_all_distances(d: int, offset: float) -> None:
    queries, references = points(120, d, 1, offset), points(180, d, 2, offset)
    radii = np.random.default_rng(3).uniform(0, 1.5 * np.sqrt(2 * d), 180)

    found = count_within(queries, references, radii)

    np.testing.assert_array_equal(found, brute(queries, references, radii))
    assert 0 < found.mean() < 180


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    queries, references, radii = points(70, 6, 1), points(90, 6, 2), np.full(90, 3.0)
    whole = count_within(queries, references, radii)

    monkeypatch.setattr(tiles, "HELD", 6 * 7)
    monkeypatch.setattr(tiles, "TILE", 5)

    np.testing.assert_array_equal(count_within(queries, references, radii), whole)


def test_a_point_at_the_radius_is_outside() -> None:
    # Each point's k-th neighbour lies at its radius, so k - 1 others and itself lie within.
    for d in (2, 50, 784):
        x = points(400, d, offset=3.0)
        near = nearest_neighbours(x, x, 5, leave_out_self=True)
        at_radius = np.zeros((400, 400), bool)
        at_radius[near.indices[:, -1], np.arange(400)] = True

        counts = count_within(x, x, near.distances[:, -1])

        assert counts.sum() == 400 * 5
        nudged = np.nextafter(near.distances[:, -1], np.inf)
        np.testing.assert_array_equal(count_within(x, x, nudged) - counts, at_radius.sum(axis=1))


def test_no_point_is_within_radius_0() -> None:
    x = points(30, 4)

    assert not count_within(x, x, np.zeros(30)).any()
    assert not count_within(x, x, np.full(30, -1.0)).any()


def test_every_point_is_within_an_infinite_radius() -> None:
    assert (count_within(points(30, 4), points(20, 4, 1), np.full(20, np.inf)) == 20).all()


def test_copies_lie_within_the_smallest_radius() -> None:
    x = points(50, 16, offset=10.0)

    counts = count_within(x, x, np.full(50, 1e-300))

    np.testing.assert_array_equal(counts, np.ones(50))


def test_a_heap_of_near_copies_is_counted_exactly() -> None:
    # Every pair of the heap is too close to call in float32.
    heap = 5.0 + 1e-5 * np.random.default_rng(0).normal(size=(300, 12))
    references = np.concatenate([heap, np.random.default_rng(1).normal(size=(100, 12))])
    radii = np.full(400, 5e-5)

    found = count_within(heap, references, radii)

    np.testing.assert_array_equal(found, brute(heap, references, radii))
    assert 1 < found.mean() < 299


def test_points_whose_squares_float32_cannot_hold_are_counted_exactly() -> None:
    x = np.concatenate([1e-22 * points(300, 6).astype(float), np.ones((1, 6)), -np.ones((1, 6))])
    radii = np.full(302, 2e-22)

    found = count_within(x, x, radii)

    np.testing.assert_array_equal(found, brute(x, x, radii))
    assert 2 < found.mean() < 299


def test_whole_numbers_tie_exactly() -> None:
    x = np.random.default_rng(0).integers(0, 3, (200, 6)).astype(np.float32)
    radii = np.full(200, 2.0)

    np.testing.assert_array_equal(count_within(x, x, radii), brute(x, x, radii))


@pytest.mark.parametrize("scale", [1e-30, 1e200])
def test_tiny_and_huge_values_are_counted_correctly(scale: float) -> None:
    x = points(80, 4).astype(np.float64)

    with np.errstate(all="raise", under="ignore"):
        found = count_within(x * scale, x * scale, np.full(80, 1.5 * scale))

    np.testing.assert_array_equal(found, count_within(x, x, np.full(80, 1.5)))


@pytest.mark.parametrize(
    ("radii", "message"),
    [
        (np.ones(3), r"shape \(4,\).*\(3,\)"),
        (np.ones((4, 1)), r"\(4, 1\)"),
        (np.array([1.0, np.nan, 1.0, 1.0]), "1 NaN"),
    ],
)
def test_radii_that_do_not_fit_the_references_are_refused(radii: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        count_within(np.zeros((2, 3)), np.zeros((4, 3)), radii)


def test_points_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(ValueError, match="references must be finite"):
        count_within(np.zeros((2, 3)), np.full((4, 3), np.nan), np.ones(4))
