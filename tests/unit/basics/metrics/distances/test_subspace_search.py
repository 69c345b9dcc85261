"""The search in few directions against the one that looks at every value."""

from __future__ import annotations

import numpy as np
import pytest

import vaereg
from vaereg.basics.metrics.distances import subspace_search as module

D = 256


@pytest.fixture(autouse=True)
def every_search_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FEW", 0)


@pytest.fixture
def whole_searches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many queries each search of all values had."""
    numbers: list[int] = []

    def counted(queries: np.ndarray, references: np.ndarray, k: int) -> object:
        numbers.append(len(queries))
        return whole(queries, references, k)

    whole = vaereg.nearest_neighbours
    monkeypatch.setattr(vaereg, "nearest_neighbours", counted)
    return numbers


def low_rank(n: int, seed: int, noise: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    ways = np.random.default_rng(9).normal(size=(12, D))
    values = 3.0 + rng.normal(size=(n, 12)) @ ways + noise * rng.normal(size=(n, D))
    return values.astype(np.float32)


def agrees(queries: np.ndarray, references: np.ndarray, k: int) -> None:
    distances, indices = module.search(queries, references, k)

    apart = np.linalg.norm(queries[:, None].astype(float) - references, axis=-1)
    order = np.argsort(apart, axis=1, kind="stable")[:, :k]
    np.testing.assert_allclose(distances, np.take_along_axis(apart, order, axis=1), rtol=1e-9)
    np.testing.assert_array_equal(indices, order)


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_near_a_subspace_it_answers_alone(k: int, noise: float, whole_searches: list[int]) -> None:
    agrees(low_rank(200, 1, noise), low_rank(300, 2, noise), k)

    assert not whole_searches


def test_where_a_subspace_is_no_use_all_values_are_looked_at(whole_searches: list[int]) -> None:
    agrees(*(np.random.default_rng(s).normal(size=(300, D)).astype(np.float32) for s in (1, 2)), 1)

    assert whole_searches == [300]


@pytest.mark.slow
def test_queries_that_are_left_open_are_searched_whole(whole_searches: list[int]) -> None:
    noise = np.random.default_rng(3).normal(size=(330, D)).astype(np.float32) - 40.0
    references = np.concatenate([low_rank(300, 2, 0.05), noise[:300]])
    queries = low_rank(300, 1, 0.05)
    queries[::10] = noise[300:]

    agrees(queries, references, 1)

    assert whole_searches == [30]


def test_copies_are_exactly_0_apart() -> None:
    references = low_rank(400, 2, 0.05)

    distances, indices = module.search(references[::3].copy(), references, 1)

    assert not distances.any()
    np.testing.assert_array_equal(indices[:, 0], np.arange(0, 400, 3))


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_tiny_and_huge_values_are_searched_alike(scale: float) -> None:
    x, y = low_rank(100, 1, 0.05) * np.float32(scale), low_rank(200, 2, 0.05) * np.float32(scale)

    distances, indices = module.search(x, y, 2)

    told = vaereg.nearest_neighbours(x, y, 2)
    np.testing.assert_allclose(distances, told.distances, rtol=1e-12)
    np.testing.assert_array_equal(indices, told.indices)
