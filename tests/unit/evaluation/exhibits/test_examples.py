from types import SimpleNamespace

import numpy as np
import pytest

import vaereg
from vaereg.evaluation.evidence.evaluation_data import ExtractedFeatures
from vaereg.evaluation.evidence.lazy_evidence import LazyEvidence, LazyFeatures
from vaereg.evaluation.evidence.quantized import Quantizer
from vaereg.evaluation.exhibits.examples import (
    EXTREMES,
    NEIGHBOURS,
    PER_CLASS,
    SAMPLES,
    Drawn,
    exhibits,
)

IMAGE = vaereg.DataSpec(form="image", shape=(6, 6, 1), value_range=(0.0, 1.0))
VECTOR = vaereg.DataSpec(form="vector", shape=(4,), value_range=None)


def data(spec):
    return SimpleNamespace(data=SimpleNamespace(spec=spec), quantizer=Quantizer(spec=spec))


def evidence(spec, seed=0):
    rng = np.random.default_rng(seed)
    made = {
        name: rng.uniform(size=(count, *spec.shape)).astype(np.float32)
        for name, count in (("real", 80), ("generated", 150), ("reconstructed", 80), ("train", 90))
    }
    made["generated"][5] = made["train"][3]  # a copy
    made["generated"][11] = made["generated"][70]  # a duplicate
    return LazyEvidence(spec, SimpleNamespace(**made))


def features(seen, classes=3):
    names = ("real", "generated", "reconstructed", "train")
    sets = SimpleNamespace(
        **{n: getattr(seen, n).reshape(len(getattr(seen, n)), -1) for n in names}
    )

    def probabilities(values):
        return np.eye(classes)[np.arange(len(values)) % (classes - 1)]

    made = LazyFeatures("made", sets, probabilities)
    return {"made": ExtractedFeatures(model=made, reference=made)}


def shown(spec, with_features=True):
    seen = evidence(spec)
    sets = features(seen) if with_features else {}
    return seen, exhibits(None, seen, sets, data(spec), np.zeros((150, 2)), 0, copies_in="made")


def test_the_first_samples_are_shown_without_selection():
    seen, found = shown(IMAGE)
    assert found["exhibits/samples"].dtype == np.uint8
    np.testing.assert_array_equal(
        found["exhibits/samples"], np.rint(seen.generated[:SAMPLES] * 255).astype(np.uint8)
    )
    assert len(found["exhibits/real"]) == len(found["exhibits/reconstructed"]) == 64


def test_a_copied_training_example_is_the_closest():
    seen, found = shown(VECTOR)
    for name in ("closest", "closest_features"):
        np.testing.assert_array_equal(found[f"exhibits/{name}/generated"][0], seen.generated[5])
        np.testing.assert_array_equal(found[f"exhibits/{name}/train"][0], seen.train[3])
        assert found[f"exhibits/{name}/distance"][0] == pytest.approx(0.0, abs=1e-6)
        assert np.all(np.diff(found[f"exhibits/{name}/distance"]) >= 0)
    np.testing.assert_array_equal(
        found["exhibits/random/generated"], seen.generated[:NEIGHBOURS]
    )  # fmt: skip
    assert len(found["curves/nearest_train_generated"]) == 150
    assert np.all(np.diff(found["curves/nearest_train_real"]) >= 0)


def test_features_of_training_examples_are_not_extracted_for_the_report_alone():
    seen = evidence(VECTOR)
    found = exhibits(None, seen, features(seen), data(VECTOR), np.zeros((150, 2)), 0)

    assert "exhibits/closest/train" in found
    assert "exhibits/closest_features/train" not in found


def test_duplicates_are_pairs_of_samples_and_each_pair_is_shown_once():
    seen, found = shown(VECTOR)
    np.testing.assert_array_equal(found["exhibits/duplicates/first"][0], seen.generated[11])
    np.testing.assert_array_equal(found["exhibits/duplicates/second"][0], seen.generated[70])
    pairs = np.concatenate(
        [found["exhibits/duplicates/first"], found["exhibits/duplicates/second"]], 1
    )
    assert len(np.unique(pairs, axis=0)) == NEIGHBOURS


def test_samples_by_class_and_their_shares_come_from_the_classifier():
    seen, found = shown(VECTOR)
    assert found["exhibits/by_class/samples"].shape == (3, PER_CLASS, 4)
    np.testing.assert_array_equal(found["exhibits/by_class/samples"][1], seen.generated[1:16:2])
    assert found["exhibits/by_class/present"].all(axis=1).tolist() == [True, True, False]
    assert found["curves/class_share_generated"].tolist() == [0.5, 0.5, 0.0]


def test_distant_examples_are_those_farthest_from_the_other_set():
    seen, found = shown(VECTOR)
    distances = np.linalg.norm(seen.generated[:, None] - seen.real, axis=-1).min(axis=1)
    np.testing.assert_array_equal(
        found["exhibits/worst"][0], seen.generated[distances.argmax()]
    )  # fmt: skip
    assert len(found["exhibits/uncovered"]) == EXTREMES


def test_without_features_scores_that_need_them_are_left_out():
    _, found = shown(VECTOR, with_features=False)
    assert not [name for name in found if "class" in name or "worst" in name or "features" in name]


def test_spectra_are_of_images_alone_and_in_decibels():
    _, found = shown(IMAGE)
    low, middle, high = (
        found[f"curves/spectrum_generated{end}"] for end in ("_low", "", "_high")
    )  # fmt: skip
    assert np.all(low <= middle) and np.all(low <= high)
    assert np.all(np.isfinite(middle)) and np.all(middle >= -120)
    assert "curves/frequency" not in shown(VECTOR)[1]


def test_images_of_other_channels_are_drawn_in_grey():
    spec = vaereg.DataSpec(form="image", shape=(2, 2, 2), value_range=(0.0, 1.0))
    drawn = Drawn(data(spec))
    values = np.stack([np.zeros((1, 2, 2)), np.ones((1, 2, 2))], axis=-1)
    assert drawn(values).shape == (1, 2, 2, 1)
    assert np.unique(drawn.raw(values)).tolist() == [128]
