"""The extractor `ranks` keeps the contract and finds components of normal scores."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

import vaereg
from tests.helpers.toy_features import (
    array_data,
    extractor,
    image_spec,
    images,
    quiet,
    vector_spec,
)


def fitted(spec, values, seed=0, **params):
    found = extractor("ranks", spec, **params)
    found.fit(array_data(spec, values), seed, quiet)
    return found


def vectors(count, size, seed=0):
    """Vectors with heavy tails and unequal units, (count, size) float32."""
    rng = np.random.default_rng(seed)
    return (rng.standard_cauchy((count, size)) * np.geomspace(1e-3, 1e3, size)).astype(np.float32)


def test_narrow_data_becomes_normal_scores():
    x = vectors(200, 3)

    features = fitted(vector_spec(3), x)(x)

    ranks = x.argsort(axis=0).argsort(axis=0)
    np.testing.assert_allclose(features, ndtri((ranks + 0.5) / 200), atol=1e-5)


def test_increasing_changes_of_columns_change_nothing():
    x = np.random.default_rng(0).normal(size=(300, 70)).astype(np.float32)
    found = fitted(vector_spec(70), x)
    cubed = fitted(vector_spec(70), x**3)

    assert found(x).shape == (300, 64)
    np.testing.assert_allclose(cubed(x**3), found(x), atol=1e-4)
    assert cubed.identity != found.identity


def test_equal_values_get_the_score_of_their_mean_rank():
    x = np.array([[0.0], [0], [0], [0], [0], [0], [1], [2]], np.float32)
    found = fitted(vector_spec(1), x)

    features = found(np.array([[0], [1], [2], [0.5]], np.float32))[:, 0]

    zero, one, two = ndtri(np.array([3, 6.5, 7.5]) / 8)
    centre = (6 * zero + one + two) / 8
    np.testing.assert_allclose(features + centre, [zero, one, two, (zero + one) / 2], atol=1e-6)


def test_values_outside_of_the_training_data_grow_with_their_logarithm():
    x = np.linspace(-1, 1, 101, dtype=np.float32)[:, None]
    found = fitted(vector_spec(1), x)

    features = found(np.array([[-21], [-1], [1], [3], [1 + 2e6]], np.float32))[:, 0]

    end = ndtri(100.5 / 101)
    due = [-end - np.log(11), -end, end, end + np.log(2), end + np.log(1 + 1e6)]
    np.testing.assert_allclose(features, due, rtol=1e-5)


def test_many_values_are_kept_as_few_knots():
    x = vectors(9000, 1)
    found = fitted(vector_spec(1), x)

    assert len(found.state()["knots"]) <= 513
    ranks = x.argsort(axis=0).argsort(axis=0)
    np.testing.assert_allclose(found(x), ndtri((ranks + 0.5) / 9000), atol=0.02)


def test_constant_columns_are_left_out():
    x = vectors(50, 4)
    x[:, 2] = 7.0
    found = fitted(vector_spec(4), x)
    y = x.copy()
    y[:, 2] = 8.0

    assert found(x).shape == (50, 3)
    np.testing.assert_array_equal(found(y), found(x))
    assert found.facts == {"explained": 1.0, "columns": 3}


def test_a_channel_of_a_sequence_is_ranked_over_all_times():
    x = vectors(40, 12).reshape(40, 6, 2)
    found = fitted(vector_spec((6, 2), "sequence"), x)

    scores = found(x).reshape(40, 6, 2)[..., 1] + found.state()["mean"].reshape(6, 2)[:, 1]

    order = x[..., 1].ravel().argsort()
    assert (np.diff(scores.ravel()[order]) > 0).all()


def test_images_are_taken_too():
    x = images(30, 8, 8, 2)

    assert fitted(image_spec(8, 8, 2), x, dimensions=10)(x).shape == (30, 10)


def test_state_gives_equal_features_and_identity():
    x = vectors(60, 80)
    found = fitted(vector_spec(80), x)
    fresh = extractor("ranks", vector_spec(80))
    fresh.restore(found.state())

    np.testing.assert_array_equal(fresh(x), found(x))
    assert fresh.identity == found.identity
    assert fresh.facts == found.facts
    assert fitted(vector_spec(80), x[:-1]).identity != found.identity


def test_the_seed_chooses_among_many_examples(monkeypatch):
    monkeypatch.setattr("vaereg.basics.feature_extractors.ranks.MOST_EXAMPLES", 20)
    x = vectors(60, 5)

    assert fitted(vector_spec(5), x, seed=1).identity == fitted(vector_spec(5), x, seed=1).identity
    assert fitted(vector_spec(5), x, seed=1).identity != fitted(vector_spec(5), x, seed=2).identity


def test_equal_or_too_few_examples_are_refused():
    for values, words in (
        (np.full((9, 5), 0.5, np.float32), "are equal"),
        (vectors(1, 5), "at least 2"),
    ):
        with pytest.raises(vaereg.DataError, match=words):
            fitted(vector_spec(5), values)


def test_another_state_is_refused():
    found = extractor("ranks", vector_spec(5))
    with pytest.raises(vaereg.RunError, match="is not fitted yet"):
        _ = found.identity
    with pytest.raises(vaereg.RunError, match="Fit the extractor again"):
        found.restore({"mean": np.ones(3)})
    with pytest.raises(vaereg.RunError, match="Fit the extractor again"):
        found.restore(fitted(vector_spec(4), vectors(9, 4)).state())
