"""A step sees the first of K draws, of everything that the posterior returns."""

import keras
import numpy as np
import pytest
from keras import ops

from tests.helpers.tiny_vae import Elbo, Iwae, TinyPosterior, data, tiny_vae
from vaereg.contracts.latent import Latent
from vaereg.model.losses.first_draw import first_draw

K, B = 3, 4


def numpy(tree):
    return keras.tree.map_structure(ops.convert_to_numpy, tree)


def rows(*shape):
    return ops.convert_to_tensor(
        np.random.default_rng(1).normal(size=(K * B, *shape)).astype("float32")
    )


def test_every_array_is_cut_to_the_first_draw_and_terms_and_logs_are_averaged():
    z, mode, term = rows(2), rows(2), rows()
    table = ops.convert_to_tensor(np.zeros((5, 2), "float32"))
    latent = Latent(
        z,
        mode,
        log_q=rows(),
        params={"mean": mode, "deep": [rows(1), table]},
        logs={"perplexity": term},
        extras={"terms": {"commitment": term}, "codes": z, "levels": 7},
    )

    first = first_draw(latent, K)
    assert first.extras["levels"] == 7 and first.log_var is None
    first = numpy(first._replace(log_var=first.z))

    np.testing.assert_array_equal(first.z, numpy(z)[:B])
    np.testing.assert_array_equal(first.params["mean"], numpy(mode)[:B])
    assert first.params["deep"][0].shape == (B, 1) and first.log_q.shape == (B,)
    assert first.params["deep"][1].shape == (5, 2)  # not of the draws: it stays whole
    np.testing.assert_array_equal(first.extras["codes"], numpy(z)[:B])
    mean = numpy(term).reshape(K, B).mean(axis=0)
    np.testing.assert_allclose(first.extras["terms"]["commitment"], mean, rtol=1e-6)
    np.testing.assert_allclose(first.logs["perplexity"], mean, rtol=1e-6)


def test_one_draw_is_left_as_it_is():
    latent = Latent(rows(2), rows(2), logs={"x": rows()})
    assert first_draw(latent, 1) is latent


class TellingPosterior(TinyPosterior):
    """Logs the size of z, and shows that nothing of it is paid."""

    def call(self, features, samples=1, seed=None, training=False):
        latent = super().call(features, samples, seed, training)
        size = ops.sum(latent.z**2, axis=-1)
        return latent._replace(logs={"size": size}, params={"mean": latent.mode})


@pytest.mark.parametrize("objective", [Elbo(), Elbo(3), Iwae(3)], ids=["elbo", "elbo 3", "iwae"])
def test_what_a_posterior_logs_is_logged_and_not_paid(objective):
    def losses(vae):
        vae.reset_evaluation_noise()
        logs = vae.losses(ops.convert_to_tensor(data(8)), False).logs
        return {key: float(ops.convert_to_numpy(each)) for key, each in logs.items()}

    silent = tiny_vae(objective=objective)
    told = tiny_vae(objective=objective, parts={"posterior": TellingPosterior()})
    told.load_weights_only(silent.weights_only())
    plain, telling = losses(silent), losses(told)

    assert telling.pop("size") > 0
    assert telling == pytest.approx(plain, rel=1e-6)
