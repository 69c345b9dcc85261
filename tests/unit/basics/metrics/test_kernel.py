"""The kernel distance against all pairs, and the test that follows from its influences."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.made_evidence import made_evidence
from tests.helpers.metric_scores import scores, values
from vaereg.basics.metrics.formulas import cubic_discrepancy as module

cubic_discrepancy = module.cubic_discrepancy


def points(n: int, d: int = 5, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d))


def kernel(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return (x @ y.T / x.shape[1] + 1) ** 3


def pairs(x: np.ndarray) -> np.ndarray:
    """mean_{j != i} k(x_i, x_j)."""
    k = kernel(x, x)
    np.fill_diagonal(k, 0.0)
    return k.sum(axis=1) / (len(x) - 1)


@pytest.mark.parametrize("block", [1, 7, 40, 1024])
def test_the_estimate_is_that_over_all_pairs(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BLOCK", block)
    r, f = points(40), points(33, seed=1) + 0.3

    found = cubic_discrepancy(r, f)

    expected = pairs(f).mean() + pairs(r).mean() - 2 * kernel(f, r).mean()
    assert found.value == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(found.by_generated, 2 * (pairs(f) - kernel(f, r).mean(axis=1)))
    np.testing.assert_allclose(found.by_real, 2 * (pairs(r) - kernel(f, r).mean(axis=0)))


def test_two_models_give_the_relative_three_sample_test() -> None:
    # D = MMD2(A, R) - MMD2(B, R), se^2 = 4 [var(a) / n + var(b) / m + var(c) / p] with c the
    # difference of what each real example has with A and with B (Bounliphone et al. 2016).
    r, a, b = points(60), points(50, seed=1) + 0.2, 0.8 * points(45, seed=2)
    of_a = pairs(a) - kernel(a, r).mean(axis=1)
    of_b = pairs(b) - kernel(b, r).mean(axis=1)
    c = -(kernel(a, r).mean(axis=0) - kernel(b, r).mean(axis=0))
    expected = 4 * (np.var(of_a) / 50 + np.var(of_b) / 45 + np.var(c) / 60)

    one, two = cubic_discrepancy(r, a), cubic_discrepancy(r, b)

    variance = np.var(one.by_generated) / 50 + np.var(two.by_generated) / 45
    variance += np.var(two.by_real - one.by_real) / 60
    assert variance == pytest.approx(expected, rel=1e-10)
    difference = pairs(a).mean() - 2 * kernel(a, r).mean()
    difference -= pairs(b).mean() - 2 * kernel(b, r).mean()
    assert one.value - two.value == pytest.approx(difference, rel=1e-10)


def test_features_are_centred_and_scaled_by_the_real_ones() -> None:
    r, f = points(80), 0.7 * points(70, seed=1)
    scale = np.sqrt(r.var(axis=0, ddof=1).mean())

    found = values("kernel", made_evidence(r, f))
    elsewhere = values("kernel", made_evidence(1000 * r + 50, 1000 * f + 50))

    by_hand = cubic_discrepancy((r - r.mean(axis=0)) / scale, (f - r.mean(axis=0)) / scale)
    assert found["kernel_distance"] == pytest.approx(by_hand.value, rel=1e-5)
    assert elsewhere["kernel_distance"] == pytest.approx(by_hand.value, rel=1e-4)


def test_dead_dimensions_change_nothing() -> None:
    r, f = points(80), 0.7 * points(70, seed=1)
    dead = [np.full((80, 3), 2.0), np.full((70, 3), 2.0)]

    found = values("kernel", made_evidence(np.hstack([r, dead[0]]), np.hstack([f, dead[1]])))

    assert found["kernel_distance"] == pytest.approx(
        values("kernel", made_evidence(r, f))["kernel_distance"], rel=1e-5
    )


@pytest.mark.slow
def test_it_is_unbiased_and_rarely_tells_one_law_apart() -> None:
    rng = np.random.default_rng(0)
    found, alarms = [], []
    for _ in range(150):
        real, a, b = (rng.normal(size=(80, 4)) for _ in range(3))
        one, two = (scores("kernel", made_evidence(real, x))["kernel_distance"] for x in (a, b))
        variance = sum(np.var(each.influence_of_generated, ddof=1) / 80 for each in (one, two))
        variance += np.var(two.influence_of_real - one.influence_of_real, ddof=1) / 80
        found.append(one.value)
        alarms.append(abs(two.value - one.value) > 1.96 * np.sqrt(variance))

    assert abs(np.mean(found)) < 3 * np.std(found) / np.sqrt(150)
    assert min(found) < 0 < max(found)
    assert np.mean(alarms) <= 0.09  # 5 % and two standard errors of 150 trials
