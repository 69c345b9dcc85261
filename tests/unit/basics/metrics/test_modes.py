"""The class scores on known mixtures of classes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.helpers.made_evidence import made_evidence
from tests.helpers.metric_scores import scores, values
from vaereg.evaluation.evaluation import is_twin


def mixture(counts: list[int], sure: float = 0.9) -> np.ndarray:
    """Probabilities of so many examples of each class."""
    classes = len(counts)
    of_class = np.repeat(np.arange(classes), counts)
    rest = (1 - sure) / (classes - 1)
    return np.where(of_class[:, None] == np.arange(classes), sure, rest)


def of(real: np.ndarray, generated: np.ndarray, **params: Any) -> Any:
    evidence = made_evidence(
        np.random.default_rng(0).normal(size=(len(real), 2)),
        np.random.default_rng(1).normal(size=(len(generated), 2)),
        real_probabilities=real,
        generated_probabilities=generated,
    )
    return scores("modes", evidence, **params)


def test_equal_mixtures_are_equal_for_any_number() -> None:
    found = of(mixture([10, 20, 30]), mixture([20, 40, 60]))

    of_samples = {name: each.value for name, each in found.items() if not is_twin(name)}
    assert of_samples == pytest.approx(
        {"missing_modes": 0, "class_distance": 0, "class_entropy_ratio": 1, "unsure_rate": 0}
    )


def test_dropped_classes_are_counted() -> None:
    found = of(mixture([10] * 10), mixture([20] * 5 + [0] * 5))

    assert found["missing_modes"].value == 5
    assert found["class_distance"].value == pytest.approx(0.5)
    assert found["class_entropy_ratio"].value == pytest.approx(np.log(5) / np.log(10))


def test_a_class_below_a_tenth_of_its_share_is_missing() -> None:
    real = mixture([500, 500])

    assert of(real, mixture([949, 51]))["missing_modes"].value == 0
    assert of(real, mixture([951, 49]))["missing_modes"].value == 1
    assert of(real, mixture([951, 49]), missing=0.05)["missing_modes"].value == 0


def test_a_class_that_is_not_in_the_data_is_not_missed() -> None:
    found = of(mixture([50, 50, 0]), mixture([40, 40, 20]))

    assert found["missing_modes"].value == 0
    assert found["class_distance"].value == pytest.approx(0.2)


def test_samples_between_classes_are_unsure() -> None:
    generated = np.concatenate([mixture([20, 20, 20]), mixture([10, 10, 20], sure=0.4)])

    found = of(mixture([30, 30, 30]), generated)["unsure_rate"]

    assert found.value == pytest.approx(0.4)
    assert found.influence_of_generated.tolist() == [0.0] * 60 + [1.0] * 40


def test_samples_of_one_class_have_no_entropy() -> None:
    found = of(mixture([30, 30, 30]), mixture([0, 90, 0]))

    assert found["class_entropy_ratio"].value == 0.0
    assert found["class_distance"].value == pytest.approx(2 / 3)


def test_data_of_one_class_has_no_entropy_ratio() -> None:
    found = of(mixture([90, 0]), mixture([45, 45]))

    assert "class_entropy_ratio" not in found
    assert found["class_distance"].value == pytest.approx(0.5)


def test_features_that_do_not_classify_give_nothing() -> None:
    x = np.random.default_rng(0).normal(size=(20, 2))

    assert scores("modes", made_evidence(x, x)) == {}


def test_influences_tell_the_spread_over_draws() -> None:
    rng = np.random.default_rng(0)
    share = np.array([0.4, 0.3, 0.2, 0.1])
    real = mixture([250, 250, 250, 250])
    found = [of(real, mixture(list(rng.multinomial(400, share)))) for _ in range(300)]
    for name in ("class_distance", "class_entropy_ratio"):
        predicted = np.std(found[0][name].influence_of_generated, ddof=1) / np.sqrt(400)
        assert np.std([each[name].value for each in found]) == pytest.approx(predicted, rel=0.15)


def test_reconstructions_of_other_classes_are_the_decoders_fault() -> None:
    real = mixture([100, 100])
    to_first = np.where(np.arange(200)[:, None] < 150, mixture([200, 0]), real)  # a half of class 1
    evidence = made_evidence(
        np.random.default_rng(0).normal(size=(200, 2)),
        np.random.default_rng(1).normal(size=(200, 2)),
        real_probabilities=real,
        generated_probabilities=mixture([100, 100]),
        reconstructed_probabilities=to_first,
    )
    a, b = evidence.halves.a, evidence.halves.b

    found = values("modes", evidence)

    distance = abs(to_first[a].argmax(axis=1).mean() - real[b].argmax(axis=1).mean())
    assert found["class_distance_reconstructed"] == pytest.approx(distance)
    assert found["class_distance_reconstructed"] == pytest.approx(0.25, abs=0.1)
    assert found["unsure_rate_reconstructed"] == 0.0


def test_classes_of_reconstructions_need_a_classifier() -> None:
    points = np.random.default_rng(0).normal(size=(20, 2))

    assert values("modes", made_evidence(points, points)) == {}
