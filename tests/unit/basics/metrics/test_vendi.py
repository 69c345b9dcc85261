"""The Vendi score on sets whose effective number is known."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.made_evidence import made_evidence
from tests.helpers.metric_scores import scores, values
from vaereg.basics.metrics.formulas.effective_number import effective_number


def points(n: int, d: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d))


def by_kernel(x: np.ndarray) -> float:
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    shares = np.linalg.eigvalsh(unit @ unit.T / len(x))
    shares = shares[shares > 1e-14]
    return float(np.exp(-np.sum(shares * np.log(shares))))


@pytest.mark.parametrize(("n", "d"), [(50, 8), (8, 50), (20, 20)])
def test_it_is_that_of_the_kernel_matrix(n: int, d: int) -> None:
    assert effective_number(points(n, d)).value == pytest.approx(by_kernel(points(n, d)), rel=1e-10)


def test_orthogonal_rows_count_each_and_parallel_ones_once() -> None:
    orthogonal = np.repeat(np.eye(6), 5, axis=0) * np.arange(1, 31)[:, None]

    assert effective_number(orthogonal).value == pytest.approx(6.0)
    assert effective_number(np.outer(np.arange(1.0, 9.0), [1.0, 2.0])).value == pytest.approx(1.0)


def test_rows_of_zeros_are_a_kind_of_their_own() -> None:
    assert effective_number(np.array([[0.0, 0], [0, 0], [1, 0], [2, 0]])).value == pytest.approx(
        2.0
    )
    assert effective_number(np.zeros((4, 3))).value == pytest.approx(1.0)


@pytest.mark.parametrize(("n", "d"), [(60, 5), (12, 30)])
def test_influences_are_the_derivative_by_the_weight_of_a_row(n: int, d: int) -> None:
    x = points(n, d)
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)

    def weighted(weights: np.ndarray) -> float:
        root = np.sqrt(weights / weights.sum())[:, None] * unit
        shares = np.linalg.eigvalsh(root @ root.T)
        shares = shares[shares > 1e-14]
        return float(np.exp(-np.sum(shares * np.log(shares))))

    found = [(weighted(1 + 1e-5 * row) - weighted(1 - 1e-5 * row)) / 2e-5 for row in np.eye(n)]
    predicted = effective_number(x).influence
    np.testing.assert_allclose(found, (predicted - predicted.mean()) / n, atol=1e-6)


def test_the_ratio_sees_missing_kinds_and_hardly_repeats() -> None:
    real = np.repeat(np.eye(10), 20, axis=0) + 0.05 * points(200, 10)
    half = np.repeat(np.eye(10)[:5], 40, axis=0) + 0.05 * points(200, 10, 1)
    repeats = np.repeat(real[::4], 4, axis=0)

    assert values("vendi", made_evidence(real, real))["vendi_ratio"] == pytest.approx(1.0)
    assert values("vendi", made_evidence(real, half))["vendi_ratio"] == pytest.approx(0.5, abs=0.05)
    assert values("vendi", made_evidence(real, repeats))["vendi_ratio"] > 0.98


def test_unequal_sets_are_cut_to_one_size_and_there_is_no_interval() -> None:
    found = scores("vendi", made_evidence(points(100, 40), points(400, 40, 1)))["vendi_ratio"]

    assert found.value == pytest.approx(1.0, abs=0.05)
    assert found.sample_size == 100
    assert found.influence_of_generated is None
    assert found.influence_of_real is None


def test_two_sample_sets_of_one_model_are_rarely_distinguished() -> None:
    rng = np.random.default_rng(0)
    alarms = []
    for _ in range(200):
        real, a, b = (np.maximum(rng.normal(size=(200, 12)), 0) for _ in range(3))
        one, two = (scores("vendi", made_evidence(real, x**1.5))["vendi_ratio"] for x in (a, b))
        variance = sum(np.var(each.influence_of_generated, ddof=1) / 200 for each in (one, two))
        variance += np.var(two.influence_of_real - one.influence_of_real, ddof=1) / 200
        alarms.append(abs(two.value - one.value) > 1.96 * np.sqrt(variance))

    assert np.mean(alarms) <= 0.085  # 5 % and two standard errors of 200 trials
