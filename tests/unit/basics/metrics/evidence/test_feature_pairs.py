"""The pairs of an evidence: which set is which, their centre, and that they are cached."""

from __future__ import annotations

import numpy as np
import pytest

import vaereg
from tests.helpers.made_evidence import made_evidence
from vaereg.basics.metrics.evidence.feature_pairs import KEPT, KEPT_ACROSS, feature_pairs


def normal(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 8)).astype(np.float32)


REAL, GENERATED = normal(60, 1), normal(50, 2)


@pytest.mark.parametrize("k", [3, KEPT, 7])
def test_x_is_real_and_y_is_generated(k: int) -> None:
    found = feature_pairs(made_evidence(REAL, GENERATED), k)

    for neighbours, queries, references in (
        (found.x_in_y, REAL, GENERATED),
        (found.y_in_x, GENERATED, REAL),
    ):
        expected = vaereg.nearest_neighbours(queries, references, KEPT_ACROSS)
        np.testing.assert_array_equal(neighbours.distances, expected.distances)
        np.testing.assert_array_equal(neighbours.indices, expected.indices)
    expected = vaereg.nearest_neighbours(REAL, REAL, max(10, k), leave_out_self=True)
    np.testing.assert_array_equal(found.x_in_x.distances, expected.distances)
    for balls, points, centres, own in (
        (found.x_in_balls, REAL, GENERATED, found.y_in_y),
        (found.y_in_balls, GENERATED, REAL, found.x_in_x),
    ):
        expected_counts = vaereg.count_within(points, centres, own.distances[:, k - 1])
        np.testing.assert_array_equal(balls.counts, expected_counts)


def test_cubes_are_of_products_over_the_total_variance_of_real_features() -> None:
    cubes = feature_pairs(made_evidence(REAL, GENERATED)).cubes

    centre, total = REAL.mean(axis=0, dtype=float), REAL.var(axis=0, ddof=1, dtype=float).sum()
    t = (REAL - centre) @ (GENERATED - centre).T / total
    cube = t**3 + 3 * t**2
    assert cubes is not None
    np.testing.assert_allclose(cubes.x_across, cube.sum(axis=1), rtol=1e-5)
    np.testing.assert_allclose(cubes.y_across, cube.sum(axis=0), rtol=1e-5)


def test_pairs_are_compared_once_for_all_metrics() -> None:
    evidence = made_evidence(REAL, GENERATED)

    first = feature_pairs(evidence)

    assert feature_pairs(evidence) is first
    assert feature_pairs(evidence, among_real=7) is first
    assert feature_pairs(evidence, 3) is not first
    assert feature_pairs(evidence, among_real=12).x_in_x.distances.shape == (60, 12)
