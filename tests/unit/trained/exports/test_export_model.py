"""What of a sampler is exported."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import vaereg
from tests.helpers.tiny_vae import LATENT, slot, tiny_vae
from vaereg.trained.exports.export_model import check_format, export_saved_model

SLOT = slot("sampler", "sampler")


class OnlyArrays:
    """A sampler without `draw`."""

    def sample(self, n, seed):
        return np.zeros((n, LATENT), "float32")


class Drawing(OnlyArrays):
    """A sampler that draws about 3."""

    def draw(self, n, seed):
        return 3.0 + 0.01 * keras.random.normal((n, LATENT), seed=seed)


def test_an_unknown_format_is_refused():
    with pytest.raises(vaereg.UsageError, match="no export to 'gif'"):
        check_format("gif")


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="exports on TensorFlow")
def test_a_sampler_that_draws_arrays_alone_is_refused(tmp_path):
    with pytest.raises(vaereg.UsageError, match="has no `draw`"):
        export_saved_model(tiny_vae(), OnlyArrays(), SLOT, (), (), tmp_path / "served")

    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="exports on TensorFlow")
def test_samples_are_decoded_draws_of_the_sampler(tmp_path):
    import tensorflow as tf

    vae = tiny_vae()

    export_saved_model(vae, Drawing(), SLOT, (), (), tmp_path / "served")

    served = tf.saved_model.load(str(tmp_path / "served"))
    found = served.sample(50, 0).numpy()
    due = vae.decode(np.full((1, LATENT), 3.0, "float32"))
    np.testing.assert_allclose(found, np.repeat(due, 50, axis=0), atol=0.05)


@pytest.mark.skipif(keras.backend.backend() == "tensorflow", reason="which can export")
def test_another_backend_is_refused(tmp_path):
    with pytest.raises(vaereg.UsageError, match='backend="tensorflow"'):
        export_saved_model(tiny_vae(), Drawing(), SLOT, (), (), tmp_path / "served")
