"""Near and exact duplicates on sets with a known number of them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.made_evidence import made_evidence
from tests.helpers.metric_scores import scores, values


def points(n: int, d: int = 8, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


def test_data_of_one_law_has_the_quantile() -> None:
    for quantile in (0.01, 0.1):
        found = values(
            "duplicates", made_evidence(points(1500), points(1500, seed=1)), quantile=quantile
        )
        assert found["duplicate_rate"] == pytest.approx(quantile, rel=0.5)


@pytest.mark.parametrize("scale", [1e-3, 0.3, 1.0, 100.0])
def test_it_is_free_of_scale(scale: float) -> None:
    found = values("duplicates", made_evidence(points(800), scale * points(800, seed=1) + 5))

    assert found["duplicate_rate"] < 0.03


def test_each_of_a_near_pair_counts() -> None:
    f = points(500, seed=1)
    f[100:150] = f[:50] + 1e-3

    found = scores("duplicates", made_evidence(points(500), f))["duplicate_rate"]

    assert found.value == pytest.approx(0.2, abs=0.03)
    assert found.influence_of_generated[:50].all()
    assert found.influence_of_generated[100:150].all()


@pytest.mark.parametrize("n", [200, 1000])  # fewer and more than real ones
def test_unequal_numbers_do_not_count_as_duplicates(n: int) -> None:
    found = values("duplicates", made_evidence(points(500), points(n, seed=1)))

    assert found["duplicate_rate"] < 0.05


def test_where_all_or_most_samples_are_equal_they_are_duplicates() -> None:
    real = points(200)
    all_equal = np.repeat(points(1, seed=1), 200, axis=0)
    most = np.concatenate([all_equal[:160], points(40, seed=2)])

    assert values("duplicates", made_evidence(real, all_equal))["duplicate_rate"] == 1.0
    assert values("duplicates", made_evidence(real, most))["duplicate_rate"] == 0.8


def test_exact_duplicates_are_those_that_agree_in_8_bits() -> None:
    images = np.random.default_rng(0).integers(0, 256, (60, 4, 4, 1)) / np.float32(255)
    images[10:13] = images[0]
    images[20] = images[1] + 1e-4  # the same grey
    images[30] = images[2]
    images[30, 0, 0, 0] = (images[2, 0, 0, 0] + 0.1) % 1.0

    found = scores("exact_duplicates", made_evidence(images, images))["exact_duplicates"]

    assert np.flatnonzero(found.influence_of_generated).tolist() == [0, 1, 10, 11, 12, 20]
    assert found.value == pytest.approx(0.1)


def test_exact_duplicates_of_vectors_agree_in_every_value() -> None:
    x = points(20)
    x[5], x[7], x[8] = x[3], 0.0, -0.0

    found = scores("exact_duplicates", made_evidence(x, x))["exact_duplicates"]

    assert np.flatnonzero(found.influence_of_generated).tolist() == [3, 5, 7, 8]
