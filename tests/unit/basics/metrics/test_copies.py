"""The copy rate on sets with a known number of copies."""

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.made_evidence import MadeEvidence, made_evidence
from tests.helpers.metric_scores import scores, values

NAMES = {"copies": "copy_rate", "pixel_copies": "copy_rate_values"}


def points(n: int, seed: int, d: int = 6) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


TRAIN = points(3000, 0)


def evidence(generated: np.ndarray, unseen: np.ndarray | None = None) -> MadeEvidence:
    return made_evidence(points(1000, 1), generated, train=TRAIN, unseen=unseen)


@pytest.mark.parametrize("metric", NAMES)
def test_new_data_has_the_quantile(metric: str) -> None:
    fresh = evidence(points(2000, 2))

    assert values(metric, fresh)[NAMES[metric]] == pytest.approx(0.01, abs=0.007)
    assert values(metric, fresh, quantile=0.2)[NAMES[metric]] == pytest.approx(0.2, abs=0.03)


@pytest.mark.parametrize("metric", NAMES)
@pytest.mark.parametrize("noise", [0.0, 1e-3])
def test_copies_count_with_a_little_noise_too(metric: str, noise: float) -> None:
    generated = np.concatenate([TRAIN[:400] + noise * points(400, 3), points(400, 2)])

    found = scores(metric, evidence(generated))[NAMES[metric]]

    assert found.value == pytest.approx(0.505, abs=0.01)
    assert found.influence_of_generated[:400].all()
    assert found.values[0] <= 0.01 < found.values[-1]


@pytest.mark.parametrize("metric", NAMES)
def test_smooth_samples_are_not_copies(metric: str) -> None:
    assert values(metric, evidence(0.3 * points(500, 2)))[NAMES[metric]] < 0.15


@pytest.mark.parametrize("metric", NAMES)
def test_the_reference_counts_what_was_not_trained_on(metric: str) -> None:
    others = np.concatenate([points(500, 2), TRAIN[:500]])
    unseen = np.arange(1000) < 500

    found = scores(metric, evidence(others, unseen))[NAMES[metric]]

    assert found.value < 0.03
    assert found.sample_size == 500
    assert len(found.influence_of_generated) == 500
    assert scores(metric, evidence(others, np.zeros(1000, bool))) == {}


@pytest.mark.parametrize("metric", NAMES)
def test_copies_count_where_held_out_examples_are_copies_too(metric: str) -> None:
    held_out = np.concatenate([TRAIN[:100], points(900, 1)])
    given = made_evidence(held_out, np.concatenate([TRAIN[:50], points(50, 2)]), train=TRAIN)

    assert values(metric, given)[NAMES[metric]] == 0.5


def test_features_that_see_noise_are_left_out() -> None:
    x = points(20, 0)

    assert scores("copies", made_evidence(x, x, extractor="inception_v3")) == {}
    assert scores("copies", made_evidence(x, x, extractor="inception_v3"), not_in=()) != {}
