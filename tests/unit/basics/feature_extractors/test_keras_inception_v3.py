"""The extractor `keras_inception_v3` is keras.applications' network."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import vaereg
from tests.helpers.toy_features import (
    array_data,
    extractor,
    image_spec,
    images,
    quiet,
)

SIDE = 75
SPEC = image_spec(SIDE, SIDE, 3)


def fitted(**params):
    found = extractor("keras_inception_v3", SPEC, size=SIDE, **params)
    found.fit(array_data(SPEC, images(2, SIDE, SIDE, 3)), 0, quiet)
    return found


@pytest.mark.slow
def test_weights_of_a_file_with_or_without_the_classifier_give_what_keras_gives(tmp_path):
    whole = keras.applications.InceptionV3(weights=None)
    network = keras.applications.InceptionV3(
        include_top=False, weights=None, pooling="avg", input_shape=(SIDE, SIDE, 3)
    )
    network.set_weights(whole.get_weights()[:-2])
    x = images(2, SIDE, SIDE, 3)
    due = np.asarray(network.predict_on_batch(x * 2 - 1))
    assert due.std() > 0

    identities = set()
    for name, saved in (("without", network), ("with", whole)):
        path = tmp_path / f"{name}.weights.h5"
        saved.save_weights(path)
        keras.config.set_dtype_policy("mixed_float16")  # which the extractor must not take
        try:
            found = fitted(weights=str(path))
            features = found(x)
        finally:
            keras.config.set_dtype_policy("float32")
        np.testing.assert_allclose(features, due, atol=1e-4 * np.abs(due).max(), err_msg=name)
        assert "keras.applications" in found.facts["network"]
        identities.add(found.identity)

    assert len(identities) == 1


@pytest.mark.slow
def test_a_file_of_another_network_is_refused(tmp_path):
    keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]).save_weights(
        tmp_path / "w.weights.h5"
    )

    with pytest.raises(vaereg.DataError, match=r"does not hold the weights of keras\.app"):
        fitted(weights=str(tmp_path / "w.weights.h5"))


def test_a_download_that_fails_is_reported_with_what_to_do(monkeypatch):
    def offline(**options):
        assert options["weights"] == "imagenet"
        raise Exception("URL fetch failure on https://example.org: no network\nmore")

    monkeypatch.setattr(keras.applications, "InceptionV3", offline)

    with pytest.raises(vaereg.DataError, match=r"no network\. Give the parameter weights"):
        fitted()
