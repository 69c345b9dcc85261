"""Scores by class of a model that is told labels."""

import numpy as np
import pytest

import vaereg
from tests.helpers.made_evidence import MadeEvidence, MadeFeatures
from vaereg.basics.metrics.conditional import Conditional
from vaereg.basics.metrics.formulas.cubic_discrepancy import cubic_discrepancy
from vaereg.component import NoParams

NAMES = ("cat", "dog", "cow")
SPEC = vaereg.DataSpec(
    form="vector", shape=(4,), value_range=None, classes=3, class_names=NAMES, size=1
)
CENTRES = 4.0 * np.eye(3, 4)


def made(asked, drawn_from, seed=0, probabilities=True):
    """Evidence whose samples were asked for some classes and come from others."""
    rng = np.random.default_rng(seed)
    labels = np.arange(300) % 3
    real = (CENTRES[labels] + rng.normal(size=(300, 4))).astype(np.float32)
    generated = (CENTRES[drawn_from] + rng.normal(size=(len(asked), 4))).astype(np.float32)
    features = MadeFeatures(
        real=real,
        generated=generated,
        reconstructed=real,
        train=real,
        real_probabilities=np.eye(3)[labels] if probabilities else None,
        generated_probabilities=np.eye(3)[drawn_from] if probabilities else None,
    )
    return MadeEvidence(
        data_spec=SPEC,
        real=real,
        generated=generated,
        reconstructed=real,
        train=real,
        features=features,
        real_given={"label": labels},
        generated_given={"label": np.asarray(asked)},
    )


def metric():
    return Conditional(NoParams(), vaereg.BuildContext(name="conditional", data_spec=SPEC))


def test_samples_of_other_classes_than_asked_for_are_seen_in_both_scores():
    asked = np.arange(240) % 3
    swapped = np.where(asked == 1, 2, asked)
    right, wrong = metric()(made(asked, asked)), metric()(made(asked, swapped))

    assert right["label_accuracy"].value == 1.0
    assert wrong["label_accuracy"].value == pytest.approx(2 / 3)
    assert wrong["label_accuracy"].detail == "0% for dog"
    assert wrong["label_accuracy"].curve.tolist() == [[0, 1, 2], [1, 0, 1]]
    distance = "kernel_distance_within_classes"
    assert abs(right[distance].value) < 0.2
    assert wrong[distance].value > 1.0
    assert wrong[distance].curve[1].argmax() == 1
    assert wrong[distance].detail.endswith("for dog")


def test_the_distance_is_the_mean_of_those_within_the_classes():
    evidence = made(np.arange(240) % 3, np.arange(240) % 3)
    found = metric()(evidence)["kernel_distance_within_classes"]
    real, ours = evidence.features.real.astype(np.float64), evidence.features.generated
    real = real - (mean := real.mean(axis=0))
    scale = np.sqrt(np.mean(real**2))
    asked, labels = evidence.generated_given["label"], evidence.real_given["label"]
    expected = [
        cubic_discrepancy(real[labels == each] / scale, (ours[asked == each] - mean) / scale).value
        for each in range(3)
    ]
    assert found.value == pytest.approx(np.mean(expected), rel=1e-5)
    assert found.curve[1] == pytest.approx(expected, rel=1e-5)


def test_the_influences_tell_the_spread_over_samples():
    asked = np.arange(240) % 3
    draws = [
        metric()(made(asked, asked, seed))["kernel_distance_within_classes"] for seed in range(60)
    ]
    spread = np.std([each.value for each in draws])
    told = np.mean(
        [
            np.sqrt(each.influence_of_generated.var() / 240 + each.influence_of_real.var() / 300)
            for each in draws
        ]
    )
    assert told == pytest.approx(spread, rel=0.5)


def test_a_model_that_is_told_nothing_has_no_such_scores():
    evidence = made(np.arange(240) % 3, np.arange(240) % 3)
    evidence.generated_given = {}
    assert metric()(evidence) == {}


def test_without_a_classifier_the_distance_remains():
    asked = np.arange(240) % 3
    found = metric()(made(asked, asked, probabilities=False))
    assert list(found) == ["kernel_distance_within_classes"]
