"""The Fréchet distance against closed forms, a second implementation and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import sqrtm

from tests.helpers.made_evidence import made_evidence
from tests.helpers.metric_scores import scores, values
from vaereg.basics.metrics.formulas.frechet_between_gaussians import (
    Root,
    frechet_distance,
    frechet_influence,
    frechet_of_few,
    frechet_transport,
)
from vaereg.basics.metrics.formulas.streaming_covariance import StreamingCovariance


def points(n: int, d: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + rng.normal(size=d)


def moments(values: np.ndarray) -> StreamingCovariance:
    return StreamingCovariance(values.shape[1]).update(values)


def by_root(r: np.ndarray, f: np.ndarray) -> float:
    """The textbook formula with a root of a matrix that is not symmetric."""
    shift = r.mean(axis=0) - f.mean(axis=0)
    a, b = np.cov(r, rowvar=False), np.cov(f, rowvar=False)
    return float(shift @ shift + np.trace(a + b - 2 * sqrtm(a @ b).real))


def test_the_distance_is_that_of_the_textbook() -> None:
    r, f = points(200, 12), points(150, 12, seed=1)

    assert frechet_distance(moments(r), moments(f)) == pytest.approx(by_root(r, f), rel=1e-9)
    found = values("frechet", made_evidence(r, f))
    assert found["frechet_distance"] == pytest.approx(by_root(r, f), rel=1e-5)  # float32 features
    total = np.trace(np.cov(r, rowvar=False))
    assert found["frechet_distance_relative"] == pytest.approx(by_root(r, f) / total, rel=1e-5)


def test_a_shift_and_a_scale_cost_their_squares() -> None:
    r = points(300, 6)
    mean = r.mean(axis=0)
    shift = np.arange(6.0)

    moved = frechet_distance(moments(r), moments(r + shift))
    shrunk = frechet_distance(moments(r), moments((r - mean) * 0.5 + mean))

    assert moved == pytest.approx(shift @ shift)
    assert shrunk == pytest.approx(0.25 * np.trace(np.cov(r, rowvar=False)))


def test_equal_sets_are_no_distance_apart() -> None:
    r = points(100, 5)

    assert values("frechet", made_evidence(r, r))["frechet_distance"] == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize(("p", "n"), [(20, 20), (12, 30), (2, 2)])
def test_few_examples_give_the_same_through_their_products(p: int, n: int) -> None:
    r, f = points(p, 40), points(n, 40, seed=1)

    few = frechet_of_few(r, f).distance

    assert few == pytest.approx(frechet_distance(moments(r), moments(f)), rel=1e-6)
    found = scores("frechet", made_evidence(r, f))
    assert found["frechet_distance"].value == pytest.approx(few, rel=1e-5)
    total = np.trace(np.cov(r, rowvar=False))
    assert found["frechet_distance_relative"].value == pytest.approx(few / total, rel=1e-5)


def test_dead_and_equal_dimensions_are_allowed() -> None:
    r, f = points(200, 6), points(200, 6, seed=1)
    dead = np.full((200, 3), 7.0)

    plain = scores("frechet", made_evidence(r, f))
    more = scores(
        "frechet",
        made_evidence(np.hstack([r, dead, r[:, :2]]), np.hstack([f, dead, f[:, :2]])),
    )

    assert frechet_distance(moments(np.hstack([r, dead])), moments(np.hstack([f, dead]))) == (
        pytest.approx(by_root(r, f))
    )
    by_hand = by_root(np.hstack([r, r[:, :2]]), np.hstack([f, f[:, :2]]))
    assert more["frechet_distance"].value == pytest.approx(by_hand, rel=1e-4)
    assert more["frechet_distance"].value > plain["frechet_distance"].value
    assert np.isfinite(more["frechet_distance"].influence_of_generated).all()
    assert np.isfinite(more["frechet_distance"].influence_of_real).all()


def test_samples_at_one_point_are_as_far_as_the_data_is_wide() -> None:
    r = points(200, 6)
    f = np.repeat(r.mean(axis=0, keepdims=True), 200, axis=0)

    found = scores("frechet", made_evidence(r, f))

    assert found["frechet_distance_relative"].value == pytest.approx(1.0, rel=1e-5)
    assert np.isfinite(found["frechet_distance"].influence_of_real).all()


@pytest.mark.parametrize("known", [False, True])
def test_both_maps_carry_one_gaussian_to_the_other(known: bool) -> None:
    r, f = moments(points(200, 7)), moments(points(150, 7, seed=1))

    found = frechet_transport(r, f, Root.of(r.covariance) if known else None)

    there = found.to_real @ f.covariance @ found.to_real
    back = found.to_generated @ r.covariance @ found.to_generated
    np.testing.assert_allclose(there, r.covariance, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(back, f.covariance, rtol=1e-8, atol=1e-8)


def test_maps_by_a_triangular_factor_are_those_by_a_root() -> None:
    r, f = moments(points(200, 7)), moments(points(150, 7, seed=1))

    found, by_root = frechet_transport(r, f), frechet_transport(r, f, Root.of(r.covariance))

    assert found.distance == pytest.approx(by_root.distance, rel=1e-10)
    np.testing.assert_allclose(found.to_real, by_root.to_real, rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(found.to_generated, by_root.to_generated, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("noise", [0.0, 1e-9])  # singular, and nearly so
def test_maps_of_a_real_covariance_without_full_rank_are_those_by_a_root(noise: float) -> None:
    x, f = points(200, 7), moments(points(150, 7, seed=1))
    x[:, 3] = x[:, 2] + noise * points(200, 1)[:, 0]
    r = moments(x)

    found, by_root = frechet_transport(r, f), frechet_transport(r, f, Root.of(r.covariance))

    assert found.distance == by_root.distance
    np.testing.assert_array_equal(found.to_generated, by_root.to_generated)


@pytest.mark.parametrize("d", [1, 3, 50])
def test_influences_are_quadratic_forms(d: int) -> None:
    x, other = points(120, d), moments(points(150, d, seed=1))
    own = moments(x)
    maps = frechet_transport(other, own)

    found = frechet_influence(x, own, other, maps.to_real)

    apart = x - own.mean
    expected = 2 * apart @ (own.mean - other.mean)
    expected += np.einsum("ni,ij,nj->n", apart, np.eye(d) - maps.to_real, apart)
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


def test_influences_are_the_derivative_by_the_weight_of_an_example() -> None:
    r, f = points(60, 3), points(50, 3, seed=1)
    own, other = moments(f), moments(r)
    predicted = frechet_influence(f, own, other, frechet_transport(other, own).to_real)

    check_derivative(f, other, predicted)


@pytest.mark.parametrize(("p", "n"), [(30, 20), (20, 30), (25, 25)])
def test_influences_of_few_examples_are_derivatives_too(p: int, n: int) -> None:
    r, f = points(p, 40), points(n, 40, seed=1)

    found = frechet_of_few(r, f)

    check_derivative(f, moments(r), found.by_generated)
    check_derivative(r, moments(f), found.by_real)


def check_derivative(f: np.ndarray, other: StreamingCovariance, predicted: np.ndarray) -> None:
    """Compares influences with differences by the weight of single examples."""

    def distance(weights: np.ndarray) -> float:
        """With weighted moments, the covariance scaled as the unbiased one is."""
        share = weights / weights.sum()
        mean = share @ f
        weighted = StreamingCovariance(f.shape[1])
        weighted.count, weighted.mean = len(f), mean
        weighted._scatter = (f - mean).T @ ((f - mean) * share[:, None]) * len(f)
        return frechet_distance(other, weighted)

    step = 1e-5
    found = [
        (distance(1 + step * row) - distance(1 - step * row)) / (2 * step) for row in np.eye(len(f))
    ]
    # A weight moves the mean by an n-th of the influence.
    expected = (predicted - predicted.mean()) / len(f)
    scale = np.abs(expected).max()
    # The unbiased covariance differs by n / (n - 1), which the infinitesimal weights do not see.
    np.testing.assert_allclose(found, expected, atol=1.5 / len(f) * scale)


def law(n: int, d: int, rng: np.random.Generator, spread: float) -> np.ndarray:
    """Features as of a network: ten classes, cut off at 0."""
    centres = np.random.default_rng(9).normal(size=(10, d))
    share = np.full(10, 0.1) if spread == 1 else np.array([2, *[1] * 7, 0.5, 0.5]) / 10
    return np.maximum(centres[rng.choice(10, n, p=share)] + spread * rng.normal(size=(n, d)), 0.0)


@pytest.mark.parametrize(("n", "d"), [(250, 16), (60, 45), (40, 100)])
@pytest.mark.parametrize("spread", [1.0, 0.6])  # samples of the real law, and of another
@pytest.mark.slow
def test_two_sample_sets_of_one_model_are_rarely_distinguished(
    n: int, d: int, spread: float
) -> None:
    rng = np.random.default_rng(0)
    repeats = 150
    alarms, shifts, predicted = [], [], []
    for _ in range(repeats):
        real, a, b = law(n, d, rng, 1.0), law(n, d, rng, spread), law(n, d, rng, spread)
        one, two = (
            scores("frechet", made_evidence(real, each))["frechet_distance"] for each in (a, b)
        )
        variance = sum(np.var(each.influence_of_generated, ddof=1) / n for each in (one, two))
        variance += np.var(two.influence_of_real - one.influence_of_real, ddof=1) / n
        shifts.append(two.value - one.value)
        predicted.append(variance)
        alarms.append(abs(shifts[-1]) > 1.96 * np.sqrt(variance))

    assert np.mean(alarms) <= 0.09  # 5 % and two standard errors of 150 trials
    ratio = np.std(shifts) / np.sqrt(np.mean(predicted))
    assert 0.4 < ratio < 1.2  # cautious where both follow the real law, else right


def test_infinitely_many_examples_take_the_bias_away() -> None:
    rng = np.random.default_rng(0)
    r, f = rng.normal(size=(3000, 32)), rng.normal(size=(3000, 32)) + 0.05  # truly 0.08 apart

    found = values("frechet", made_evidence(r, f, thorough=True))

    assert found["frechet_distance"] > 0.2
    assert found["frechet_distance_infinity"] == pytest.approx(0.08, abs=0.05)
    # The reconstructions are the real examples themselves.
    assert found["frechet_distance_infinity_reconstructed"] == pytest.approx(0.0, abs=0.1)
    assert found["frechet_distance_infinity_added_by_prior"] == pytest.approx(0.08, abs=0.15)
    assert "frechet_distance_infinity" not in values("frechet", made_evidence(r, f))
    few = made_evidence(r[:60], f, thorough=True)
    assert "frechet_distance_infinity" not in values("frechet", few)


def test_parts_add_up_to_the_moments_of_all() -> None:
    x = points(500, 9) + 1e6
    streamed = StreamingCovariance(9)
    for part in np.split(x, [1, 2, 100, 499]):
        streamed.update(part)

    assert streamed.count == 500
    np.testing.assert_allclose(streamed.mean, x.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(streamed.covariance, np.cov(x, rowvar=False), rtol=1e-6)
