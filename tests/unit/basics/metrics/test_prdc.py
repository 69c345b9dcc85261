"""Precision, recall, density and coverage against all distances, and known answers."""

from __future__ import annotations

import numpy as np
import pytest

import vaereg
from tests.helpers.made_evidence import made_evidence
from tests.helpers.metric_scores import scores, values


def points(n: int, d: int = 4, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


def distances(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    apart = x[:, None].astype(np.float64) - y[None].astype(np.float64)
    return np.sqrt(np.square(apart).sum(axis=-1))


@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize("generated", [90, 150])
def test_scores_are_those_of_the_definitions(k: int, generated: int) -> None:
    r, f = points(120), 0.8 * points(generated, seed=1) + 0.3

    found = scores("prdc", made_evidence(r, f), k=k, coverage_k=k + 2)

    of_coverage = np.sort(distances(r, r), axis=1)[:, k + 2]
    real_radii = np.sort(distances(r, r), axis=1)[:, k]
    radii = np.sort(distances(f, f), axis=1)[:, k]
    across = distances(f, r)
    among_real = across < real_radii
    expected = {
        "precision": among_real.any(axis=1),
        "density": among_real.sum(axis=1) / k,
        "recall": (across < radii[:, None]).any(axis=0),
        "coverage": across.min(axis=0) < of_coverage,
    }
    for name, each in expected.items():
        assert found[name].value == pytest.approx(each.mean())
        side = (
            found[name].influence_of_real
            if name in ("recall", "coverage")
            else found[name].influence_of_generated
        )
        np.testing.assert_allclose(side, each)


@pytest.mark.parametrize("name", ["recall", "coverage"])
def test_the_influence_of_a_sample_is_what_would_be_lost_without_it(name: str) -> None:
    k, n = 3, 40
    r, f = points(60), points(n, seed=1)
    real_radii = np.sort(distances(r, r), axis=1)[:, k]
    radii = np.sort(distances(f, f), axis=1)[:, k]
    across = distances(f, r)
    hits = across < (radii[:, None] if name == "recall" else real_radii)

    found = scores("prdc", made_evidence(r, f), k=k, coverage_k=k)[name]

    without = [np.delete(hits, i, axis=0).any(axis=0).mean() for i in range(n)]
    np.testing.assert_allclose(
        found.influence_of_generated, n * (found.value - np.array(without)), atol=1e-9
    )
    assert found.influence_of_generated.any()


@pytest.mark.parametrize("name", ["recall", "coverage"])
def test_samples_of_one_law_seldom_look_different(name: str) -> None:
    real, alarms, pairs = points(250, seed=99), 0, 60
    for seed in range(pairs):
        a, b = (
            scores("prdc", made_evidence(real, points(250, seed=2 * seed + side)))[name]
            for side in (0, 1)
        )
        variance = sum(each.influence_of_generated.var(ddof=1) / 250 for each in (a, b))
        variance += (a.influence_of_real - b.influence_of_real).var(ddof=1) / 250
        alarms += abs(a.value - b.value) > 1.96 * np.sqrt(variance)

    assert alarms <= 6  # 5 % of 60 is 3


@pytest.mark.parametrize("k", [5, 10])
def test_coverage_of_equal_distributions_is_what_naeem_computed(k: int) -> None:
    # E = 1 - (n - 1) ... (n - k) / ((2n - 1) ... (2n - k)) for equal n (2020, eq. 9)
    r, f = points(2000), points(2000, seed=1)
    n = 2000
    i = np.arange(1, k + 1)

    found = values("prdc", made_evidence(r, f), coverage_k=k)

    expected = 1 - np.prod((n - i) / (2 * n - i))
    assert found["coverage"] == pytest.approx(
        expected, abs=3 * np.sqrt(expected * (1 - expected) / n)
    )
    assert found["density"] == pytest.approx(1.0, abs=0.05)


def test_a_missing_kind_of_a_tenth_stands_out_of_the_noise_of_coverage() -> None:
    rng = np.random.default_rng(0)
    centres = 12.0 * points(10, 8)

    def drawn(n: int, missing: int) -> np.ndarray:
        return (centres[rng.integers(missing, 10, n)] + rng.normal(size=(n, 8))).astype(np.float32)

    real, clear = drawn(500, 0), []
    for _ in range(10):
        a, b = (
            scores("prdc", made_evidence(real, drawn(500, missing)))["coverage"]
            for missing in (2, 1)
        )
        variance = sum(each.influence_of_generated.var(ddof=1) / 500 for each in (a, b))
        variance += (b.influence_of_real - a.influence_of_real).var(ddof=1) / 500
        clear.append((b.value - a.value) / np.sqrt(variance))

    assert min(clear) > 4


def test_more_copies_than_k_span_no_ball() -> None:
    real = points(60)

    found = values("prdc", made_evidence(real, np.repeat(points(10, seed=1), 6, axis=0)))

    assert found["recall"] == 0.0
    assert found["precision"] > 0.5


def test_samples_at_one_point_are_scored_without_a_warning() -> None:
    real = points(60)

    found = values("prdc", made_evidence(real, np.repeat(real[:1], 60, axis=0)))

    assert found["precision"] == 1.0
    assert found["recall"] == 0.0
    assert found["coverage"] < 0.3


def test_samples_far_away_are_all_wrong() -> None:
    found = values("prdc", made_evidence(points(60), points(60, seed=1) + 100))

    for name in ("precision", "recall", "density", "coverage"):
        assert found[name] == 0.0, name
        assert found[f"{name}_reconstructed"] > 0.5, name  # reconstructions are perfect here


@pytest.mark.parametrize(("real", "generated", "side"), [(10, 60, "real"), (60, 10, "generated")])
def test_as_many_examples_as_neighbours_are_too_few(real: int, generated: int, side: str) -> None:
    with pytest.raises(vaereg.DataError, match=f"at least 11 {side} examples.*there are 10"):
        scores("prdc", made_evidence(points(real), points(generated)))


def test_searches_are_shared_with_other_metrics() -> None:
    evidence = made_evidence(points(60), points(60, seed=1))

    scores("prdc", evidence)
    before = list(evidence.computed)
    scores("one_nearest_neighbour", evidence)
    scores("duplicates", evidence)

    assert ("pairs", 5, 10) in before
    new = {key[0] for key in evidence.computed if key not in before}
    assert new == {"nearest"}  # which picks from the pairs
    assert not {key for key in evidence.computed if key[0] == "pairs"} - {("pairs", 5, 10)}
