"""The extractor `local_texture` keeps the contract and sees texture, contrast and layout."""

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
from vaereg.basics.feature_extractors.textures.texture_statistics import texture_statistics

GREY = image_spec(16, 20, 1)


def smooth_images(count, *shape, seed=0):
    """Images of a few low frequencies, quantized to 8 bits, (count, *shape) float32 in [0, 1]."""
    rng = np.random.default_rng(seed)
    height, width, channels = shape
    rows = np.arange(height)[:, None, None] / height
    columns = np.arange(width)[None, :, None] / width
    values = np.zeros((count, *shape))
    for fx, fy in ((0, 1), (1, 0), (1, 1), (1, 2)):
        phase = 2 * np.pi * (fx * columns + fy * rows)
        weights = rng.normal(0, 0.1, (count, 2, 1, 1, channels))
        values += weights[:, 0] * np.cos(phase) + weights[:, 1] * np.sin(phase)
    return (np.round(np.clip(values + 0.5, 0, 1) * 255) / 255).astype(np.float32)


def fitted(spec, values, seed=0):
    found = extractor("local_texture", spec)
    found.fit(array_data(spec, values), seed, quiet)
    return found


@pytest.mark.parametrize("channels", [1, 2, 3, 5])
def test_features_are_100_to_300_statistics(channels):
    spec = image_spec(16, 20, channels)
    found = fitted(spec, smooth_images(50, 16, 20, channels))

    features = found(smooth_images(5, 16, 20, channels, seed=1))

    assert features.dtype == np.float32
    assert 100 <= features.shape[1] <= 300
    assert found.facts == {"dimensions": features.shape[1]}


def test_features_are_whitened_statistics_with_outliers_brought_nearer():
    x = smooth_images(600, 16, 20, 1)
    found = fitted(GREY, x)
    state = found.state()

    statistics = np.stack(list(texture_statistics(x).values()), axis=1)
    standardized = 2 * np.arcsinh((statistics - state["mean"]) / state["scale"] / 2)
    covariance = np.cov(standardized, rowvar=False)
    whitening = state["whitening"].astype(np.float64)

    np.testing.assert_allclose(
        whitening @ whitening @ (covariance + 0.3 * np.eye(len(covariance))),
        np.eye(len(covariance)),
        atol=1e-3,
    )
    np.testing.assert_allclose(found(x), 2 * np.arcsinh(standardized @ whitening / 2), atol=1e-4)


def test_a_row_depends_on_its_example_only_to_the_bit():
    spec = image_spec(16, 20, 3)
    x = images(9, 16, 20, 3)
    found = fitted(spec, smooth_images(50, 16, 20, 3))
    x[6] = x[2]

    together = found(x)

    np.testing.assert_array_equal(together[6], together[2])
    np.testing.assert_array_equal(together, np.concatenate([found(each[None]) for each in x]))
    np.testing.assert_array_equal(together[::-1], found(x[::-1]))


def test_state_gives_equal_features_and_identity_to_the_bit():
    x = smooth_images(40, 16, 20, 1)
    found = fitted(GREY, x)
    fresh = extractor("local_texture", GREY)
    fresh.restore(found.state())

    np.testing.assert_array_equal(fresh(x), found(x))
    assert fresh.identity == found.identity
    assert fitted(GREY, x[:-1]).identity != found.identity


def test_equal_images_give_finite_features():
    found = fitted(GREY, np.full((9, 16, 20, 1), 128 / 255, np.float32))

    assert not found(np.full((2, 16, 20, 1), 128 / 255, np.float32)).any()
    assert np.isfinite(found(images(4, 16, 20, 1))).all()


def test_the_seed_chooses_among_many_examples(monkeypatch):
    monkeypatch.setattr("vaereg.basics.feature_extractors.local_texture.MOST_EXAMPLES", 20)
    x = smooth_images(60, 16, 20, 1)

    assert fitted(GREY, x, seed=1).identity == fitted(GREY, x, seed=1).identity
    assert fitted(GREY, x, seed=1).identity != fitted(GREY, x, seed=2).identity


def test_no_images_have_no_features():
    found = fitted(GREY, smooth_images(9, 16, 20, 1))

    assert found(np.empty((0, 16, 20, 1), np.float32)).shape == (0, found.facts["dimensions"])


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (image_spec(15, 40, 3), "at least 16 x 16 pixels; these are 15 x 40"),
        (vector_spec(5), "takes image data; this data is of form 'vector'"),
    ],
)
def test_other_data_is_refused(spec, words):
    with pytest.raises(vaereg.DataError, match=words):
        extractor("local_texture", spec)


def test_another_state_is_refused():
    found = extractor("local_texture", GREY)
    with pytest.raises(vaereg.RunError, match="is not fitted yet"):
        _ = found.identity
    with pytest.raises(vaereg.RunError, match="Fit the extractor again"):
        found.restore({"mean": np.ones(3)})
    other = fitted(image_spec(20, 16, 1), smooth_images(9, 20, 16, 1))
    with pytest.raises(vaereg.RunError, match="Fit the extractor again"):
        found.restore(other.state())
