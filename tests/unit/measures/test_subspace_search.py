"""The search along a few directions against the full search."""

from __future__ import annotations

import numpy as np
import pytest

from vaereg.measures import full_search, subspace_search
from vaereg.measures.neighbours import Neighbours

D = 256


@pytest.fixture
def full_searches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many queries each full search had."""
    numbers: list[int] = []

    def counted(queries: np.ndarray, references: np.ndarray, k: int) -> Neighbours:
        numbers.append(len(queries))
        return full_search.full_search(queries, references, k)

    monkeypatch.setattr(subspace_search, "full_search", counted)
    return numbers


def low_rank(n: int, seed: int, noise: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    ways = np.random.default_rng(9).normal(size=(12, D))
    values = 3.0 + rng.normal(size=(n, 12)) @ ways + noise * rng.normal(size=(n, D))
    return values.astype(np.float32)


def agrees(queries: np.ndarray, references: np.ndarray, k: int) -> None:
    distances, indices = subspace_search.subspace_search(queries, references, k)

    apart = np.linalg.norm(queries[:, None].astype(float) - references, axis=-1)
    order = np.argsort(apart, axis=1, kind="stable")[:, :k]
    np.testing.assert_allclose(distances, np.take_along_axis(apart, order, axis=1), rtol=1e-9)
    np.testing.assert_array_equal(indices, order)


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_points_near_a_subspace_need_no_full_search(
    k: int, noise: float, full_searches: list[int]
) -> None:
    agrees(low_rank(200, 1, noise), low_rank(300, 2, noise), k)

    assert not full_searches


def test_if_a_subspace_does_not_help_the_search_is_full(full_searches: list[int]) -> None:
    agrees(*(np.random.default_rng(s).normal(size=(300, D)).astype(np.float32) for s in (1, 2)), 1)

    assert full_searches == [300]


@pytest.mark.slow
def test_queries_that_are_left_open_are_searched_in_full(full_searches: list[int]) -> None:
    noise = np.random.default_rng(3).normal(size=(330, D)).astype(np.float32) - 40.0
    references = np.concatenate([low_rank(300, 2, 0.05), noise[:300]])
    queries = low_rank(300, 1, 0.05)
    queries[::10] = noise[300:]

    agrees(queries, references, 1)

    assert full_searches == [30]


def test_copies_are_exactly_0_apart() -> None:
    references = low_rank(400, 2, 0.05)

    distances, indices = subspace_search.subspace_search(references[::3].copy(), references, 1)

    assert not distances.any()
    np.testing.assert_array_equal(indices[:, 0], np.arange(0, 400, 3))


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_the_scale_of_values_changes_no_neighbour(scale: float) -> None:
    x, y = low_rank(100, 1, 0.05) * np.float32(scale), low_rank(200, 2, 0.05) * np.float32(scale)

    distances, indices = subspace_search.subspace_search(x, y, 2)

    expected = full_search.full_search(x, y, 2)
    np.testing.assert_allclose(distances, expected.distances, rtol=1e-12)
    np.testing.assert_array_equal(indices, expected.indices)


@pytest.mark.parametrize(
    ("queries", "references", "d", "helps"),
    [
        (3000, 3000, 256, True),
        (3000, 3000, 255, False),  # too few dimensions
        (2048, 2048, 256, False),  # too few pairs
        (10, 1 << 20, 256, False),  # the projected references would take too much memory
    ],
)
def test_large_searches_in_many_dimensions_go_through_a_subspace(
    queries: int, references: int, d: int, helps: bool
) -> None:
    points = np.broadcast_to(np.float32(0), (max(queries, references), d))

    assert subspace_search.may_help(points[:queries], points[:references]) is helps
