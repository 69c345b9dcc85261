"""The extractor `classifier` learns the classes, keeps the contract and disturbs nothing."""

from __future__ import annotations

import random
from contextlib import contextmanager

import keras
import numpy as np
import pytest

import vaereg
from tests.helpers.toy_features import (
    QUICK,
    extractor,
    image_spec,
    images,
    quiet,
    striped,
    striped_data,
    vector_spec,
)
from vaereg.basics.feature_extractors.networks.classifier_network import (
    classifier_network,
    stage_strides,
)


def fitted(data=None, seed=0, **params):
    data = data or striped_data()
    found = extractor("classifier", data.spec, **{**QUICK, **params})
    found.fit(data, seed, quiet)
    return found


@pytest.fixture(scope="module")
def learned():
    return fitted()


def unseen():
    values, labels = striped(60, seed=9)
    return vaereg.ArraySplit(values).take(np.arange(60)), labels


def test_it_learns_to_tell_the_classes_of_unseen_examples(learned):
    x, labels = unseen()

    features = learned(x)
    chances = learned.probabilities(features)

    assert features.shape == (60, 16)
    assert features.dtype == np.float32
    assert features.min() >= 0
    assert chances.shape == (60, 3)
    np.testing.assert_allclose(chances.sum(axis=1), 1, rtol=1e-5)
    assert (chances.argmax(axis=1) == labels).mean() > 0.9


def test_its_accuracy_is_that_on_held_out_data(learned):
    split = striped_data().validation
    at = np.arange(len(split))

    chances = learned.probabilities(learned(split.take(at)))

    right = (chances.argmax(axis=1) == split.labels(at)).mean()
    assert learned.facts == {"accuracy": pytest.approx(right), "examples": 90}
    assert right > 0.9


def test_the_test_split_serves_where_nothing_else_is_held_out():
    assert fitted(striped_data(held_out="test"), least_steps=8).facts["examples"] == 90
    assert fitted(striped_data(held_out=""), least_steps=8).facts == {
        "accuracy": None,
        "examples": 0,
    }


def test_an_example_has_the_same_features_in_any_company(learned):
    x, _ = unseen()
    many = np.concatenate([x] * 5)  # more than one batch

    np.testing.assert_allclose(learned(many), np.concatenate([learned(x)] * 5), atol=1e-5)
    np.testing.assert_allclose(learned(x[7:8]), learned(x)[7:8], atol=1e-5)
    assert learned(x[:0]).shape == (0, 16)


def test_state_gives_equal_features_identity_and_facts(learned):
    x, _ = unseen()
    fresh = extractor("classifier", striped_data().spec, **QUICK)
    fresh.restore(learned.state())

    np.testing.assert_array_equal(fresh(x), learned(x))
    np.testing.assert_array_equal(fresh.probabilities(fresh(x)), learned.probabilities(learned(x)))
    assert fresh.identity == learned.identity
    assert fresh.facts == learned.facts


@pytest.mark.slow
def test_equal_seeds_give_equal_extractors(learned):
    assert fitted(seed=0).identity == learned.identity
    assert fitted(seed=1).identity != learned.identity


@pytest.mark.slow
def test_it_is_the_same_under_another_precision(learned):
    kept = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        found = fitted()
        features = found(unseen()[0])
    finally:
        keras.config.set_dtype_policy(kept)

    assert found.identity == learned.identity
    np.testing.assert_array_equal(features, learned(unseen()[0]))


@contextmanager
def same_draws():
    """Asserts that what is done within leaves alone what Keras and Python draw and name next."""

    def drawn():
        layer = keras.layers.Dense(2)
        layer.build((None, 2))
        noise = keras.ops.convert_to_numpy(keras.random.normal((3,)))
        kernel = keras.ops.convert_to_numpy(layer.kernel)
        return np.concatenate([noise, kernel.ravel(), [random.random()]])

    def number():
        return int(keras.layers.Dense(1).name.removeprefix("dense").removeprefix("_") or 0)

    before = number()
    keras.utils.set_random_seed(5)
    due = drawn()
    keras.utils.set_random_seed(5)
    numpy_state = np.random.get_state()[1].copy()
    yield
    np.testing.assert_array_equal(np.random.get_state()[1], numpy_state)
    np.testing.assert_array_equal(drawn(), due)
    assert number() == before + 3  # two were made to draw


def test_it_disturbs_no_model_in_the_same_process():
    with same_draws():
        found = fitted(least_steps=4)
        found(unseen()[0])
        extractor("classifier", striped_data().spec, **QUICK).restore(found.state())


def test_images_of_another_range_are_learned_as_they_are_evaluated(learned):
    found = fitted(striped_data(value_range=(-1.0, 1.0)))

    np.testing.assert_allclose(found(unseen()[0]), learned(unseen()[0]), atol=0.05)
    assert found.facts["accuracy"] > 0.9


@pytest.mark.slow
def test_any_number_of_channels_will_do():
    found = fitted(striped_data(channels=2))

    assert found.facts["accuracy"] > 0.9


def test_vectors_are_learned():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 300)
    values = rng.normal(size=(300, 4)) * [1, 100, 1e-3, 0] + [0, 0, 0, 7]
    values[:, 1] += 400 * labels
    values = values.astype(np.float32)
    data = vaereg.Data(
        spec=vector_spec(4),
        train=vaereg.ArraySplit(values[:200], labels[:200]),
        validation=vaereg.ArraySplit(values[200:], labels[200:]),
    )

    found = fitted(data, least_steps=150)

    assert found.facts["accuracy"] > 0.9
    assert found(values[:5]).shape == (5, 16)


@pytest.mark.slow
def test_little_data_is_passed_through_until_the_steps_are_taken():
    messages = []
    data = striped_data()
    few = vaereg.Data(
        spec=data.spec, train=vaereg.ArraySplit(*striped(10)), validation=data.validation
    )

    extractor("classifier", data.spec, **{**QUICK, "least_steps": 7}).fit(few, 0, messages.append)
    assert messages[0].startswith("training the classifier: step 7 of 7, loss ")
    extractor("classifier", data.spec, **{**QUICK, "epochs": 2, "least_steps": 1}).fit(
        data, 0, messages.append
    )
    assert messages[2].startswith("training the classifier: step 15 of 15, loss ")  # 2 * 240 // 32
    assert messages[1].startswith("the classifier is correct on ")


def test_data_that_is_not_finite_is_reported():
    data = striped_data()
    values = images(240, 8, 8, 1)
    values[:] = np.nan
    broken = vaereg.Data(
        spec=data.spec, train=vaereg.ArraySplit(values, striped(240)[1]), test=data.test
    )

    with pytest.raises(vaereg.DataError, match="240 of 240 examples hold values"):
        fitted(broken)


def test_training_that_diverges_is_reported():
    with pytest.raises(vaereg.DataError, match=r"its loss became .* Lower its learning_rate"):
        fitted(learning_rate=1e38)


def test_another_state_is_refused(learned):
    spec = striped_data().spec
    other = extractor("classifier", spec, **{**QUICK, "dimensions": 17})
    with pytest.raises(vaereg.RunError, match="is not fitted yet"):
        other(unseen()[0])
    for wrong in (learned.state(), {}, {"mean": np.ones(3)}):
        with pytest.raises(vaereg.RunError, match="Fit the extractor again"):
            other.restore(wrong)
    with pytest.raises(vaereg.RunError, match="Fit the extractor again"):
        extractor("classifier", image_spec(16, 16, 1), **QUICK).restore(learned.state())


@pytest.mark.parametrize(
    ("sides", "strides"),
    [
        ((8, 8), [(1, 1), (2, 2)]),
        ((28, 28), [(2, 2)] * 3),
        ((64, 8), [(2, 1), (2, 1), (2, 1), (2, 2)]),
        ((9, 33), [(1, 2), (1, 2), (2, 2), (2, 2)]),
    ],
)
def test_stages_bring_both_sides_to_four(sides, strides):
    assert stage_strides(*sides) == strides


@pytest.mark.parametrize("side", [8, 28, 32, 64])
def test_the_network_is_small(side):
    _, network = classifier_network((side, side, 3), 128, 10, 0.3, seed=0)

    assert 0.1e6 < network.count_params() < 0.52e6
