"""The extractor `pixels` keeps the contract and finds principal components."""

from __future__ import annotations

import numpy as np
import pytest

import vaereg
from tests.helpers.toy_features import (
    array_data,
    extractor,
    image_spec,
    images,
    quiet,
    vector_spec,
)

IMAGE = image_spec(8, 8, 2)


def fitted(spec, values, seed=0, **params):
    found = extractor("pixels", spec, **params)
    found.fit(array_data(spec, values), seed, quiet)
    return found


def correlated(count, size, seed=0):
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(size, size)) * np.geomspace(1, 0.01, size)[:, None]
    return (rng.normal(size=(count, size)) @ mixing + 5).astype(np.float32)


def test_components_are_those_of_a_singular_value_decomposition():
    x = images(300, 8, 8, 2)
    found = fitted(IMAGE, x, dimensions=10)

    rows = x.reshape(300, -1) - x.reshape(300, -1).mean(axis=0)
    _, values, directions = np.linalg.svd(rows, full_matrices=False)

    due = rows @ directions[:10].T
    np.testing.assert_allclose(np.abs(found(x)), np.abs(due), atol=1e-4)
    explained = (values[:10] ** 2).sum() / (values**2).sum()
    assert found.facts["explained"] == pytest.approx(explained, rel=1e-5)


def test_components_are_the_same_with_fewer_examples_than_values():
    x = images(40, 8, 8, 2)  # 128 values
    found = fitted(IMAGE, x, dimensions=10)

    rows = x.reshape(40, -1) - x.reshape(40, -1).mean(axis=0)
    _, _, directions = np.linalg.svd(rows, full_matrices=False)

    np.testing.assert_allclose(np.abs(found(x)), np.abs(rows @ directions[:10].T), atol=2e-4)


def test_few_examples_give_as_many_components_as_they_span():
    found = fitted(IMAGE, images(5, 8, 8, 2))

    assert found(images(3, 8, 8, 2, seed=1)).shape == (3, 4)
    assert found.facts["explained"] == pytest.approx(1.0)


def test_narrow_data_stays_whole():
    x = images(50, 4, 4, 1)

    features = fitted(image_spec(4, 4, 1), x)(x)

    np.testing.assert_allclose(features, (x - x.mean(axis=0)).reshape(50, -1), atol=1e-6)


@pytest.mark.parametrize("form", ["vector", "sequence"])
def test_columns_are_standardized_and_constant_ones_kept(form):
    shape = (6,) if form == "vector" else (3, 2)
    x = correlated(80, 6).reshape(80, *shape)
    x.reshape(80, -1)[:, 2] = 3.0
    found = fitted(vector_spec(shape, form), x)

    features = found(x)

    np.testing.assert_allclose(features.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(features.std(axis=0), [1, 1, 0, 1, 1, 1], atol=1e-5)
    assert found(x + 1)[0, 2] == pytest.approx(1.0)


def test_wide_vectors_are_reduced():
    features = fitted(vector_spec(100), correlated(200, 100))(correlated(7, 100, seed=3))

    assert features.shape == (7, 64)
    assert features.dtype == np.float32


def test_images_of_another_range_are_evaluated_in_0_to_1():
    values = np.random.default_rng(0).integers(0, 256, (60, 8, 8, 2), dtype=np.uint8)
    signed = image_spec(8, 8, 2, value_range=(-1.0, 1.0))
    one, other = extractor("pixels", IMAGE), extractor("pixels", signed)

    one.fit(vaereg.Data(spec=IMAGE, train=vaereg.ArraySplit(values)), 0, quiet)
    split = vaereg.ArraySplit(values, value_range=(-1.0, 1.0))
    other.fit(vaereg.Data(spec=signed, train=split), 0, quiet)

    assert one.identity == other.identity


def test_state_gives_equal_features_and_identity():
    x = images(60, 8, 8, 2)
    found = fitted(IMAGE, x)
    fresh = extractor("pixels", IMAGE)
    fresh.restore(found.state())

    np.testing.assert_array_equal(fresh(x), found(x))
    assert fresh.identity == found.identity
    assert fresh.facts == found.facts
    assert fitted(IMAGE, x[:-1]).identity != found.identity


def test_the_seed_chooses_among_many_examples(monkeypatch):
    monkeypatch.setattr("vaereg.basics.feature_extractors.pixels.MOST_EXAMPLES", 200)
    x = images(400, 8, 8, 2)

    assert fitted(IMAGE, x, seed=1).identity == fitted(IMAGE, x, seed=1).identity
    assert fitted(IMAGE, x, seed=1).identity != fitted(IMAGE, x, seed=2).identity


def test_wide_data_looks_at_fewer_examples(monkeypatch):
    monkeypatch.setattr("vaereg.basics.feature_extractors.pixels.WIDE", 50)
    messages = []
    found = extractor("pixels", IMAGE)
    found.fit(array_data(IMAGE, images(90, 8, 8, 2)), 0, messages.append)

    assert "50 training examples" in messages[0]
    assert found(images(2, 8, 8, 2)).shape == (2, 49)


def test_equal_or_too_few_examples_are_refused():
    for values, words in (
        (np.full((9, 8, 8, 2), 0.5, np.float32), "are equal"),
        (images(1, 8, 8, 2), "at least 2"),
    ):
        with pytest.raises(vaereg.DataError, match=words):
            fitted(IMAGE, values)


def test_another_state_is_refused():
    found = extractor("pixels", IMAGE)
    with pytest.raises(vaereg.RunError, match="is not fitted yet"):
        _ = found.identity
    with pytest.raises(vaereg.RunError, match="Fit the extractor again"):
        found.restore({"stage0/kernel": np.ones(3)})
    with pytest.raises(vaereg.RunError, match="Fit the extractor again"):
        found.restore(fitted(image_spec(8, 8, 1), images(9, 8, 8, 1)).state())
