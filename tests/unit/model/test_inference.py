"""What evaluations compute with a trained model, against closed forms of the tiny model."""

import keras
import numpy as np
import pytest
from keras import ops

import vaereg
from tests.helpers import conditional_run
from tests.helpers.tiny_vae import (
    LATENT,
    TinyLikelihood,
    TinyPosterior,
    TinyPrior,
    data,
    tiny_vae,
)


class NotGaussian(TinyPosterior):
    """The same posterior, without its log variance, which a flow would not have."""

    def call(self, features, samples=1, seed=None, training=False):
        latent = super().call(features, samples=samples, seed=seed, training=training)
        return latent._replace(log_var=None)


class Point(TinyPosterior):
    """A posterior without a density."""

    def call(self, features, samples=1, seed=None, training=False):
        mean = self.mean(features)
        return vaereg.Latent(mean, mean)


class OnlyReconstruction:
    samples = 1
    importance = False

    def __call__(self, bound):
        return {"reconstruction": -bound.log_likelihood[0]}


class NoClosedForm(keras.layers.Layer):
    """The standard normal prior without its closed form."""

    def __init__(self):
        super().__init__(name="prior", dtype="float32")
        self.plain = TinyPrior()

    def sample(self, n, seed):
        return self.plain.sample(n, seed)

    def log_prob(self, z):
        return self.plain.log_prob(z)


def log_normal(z, mean, log_var):
    return -0.5 * np.sum(np.log(2 * np.pi) + log_var + (z - mean) ** 2 / np.exp(log_var), axis=-1)


def test_draws_follow_the_posterior_and_come_with_its_density():
    vae, x = tiny_vae(), data(5)
    latent = vae.encode(x)

    z, log_q = vae.draw_posterior(x, 4000, seed=0)

    assert z.shape == (5, 4000, LATENT)
    assert log_q.shape == (5, 4000)
    sd = np.exp(0.5 * latent.log_var)
    assert np.abs((z.mean(axis=1) - latent.mode) / sd).max() < 5 / np.sqrt(4000)
    assert np.abs(z.std(axis=1) / sd - 1).max() < 0.06
    expected = log_normal(z, latent.mode[:, None], latent.log_var[:, None])
    np.testing.assert_allclose(log_q, expected, atol=1e-3)


def test_equal_seeds_give_equal_draws():
    vae, x = tiny_vae(), data(3)

    assert np.array_equal(vae.draw_posterior(x, 4, 1)[0], vae.draw_posterior(x, 4, 1)[0])
    assert np.any(vae.draw_posterior(x, 4, 1)[0] != vae.draw_posterior(x, 4, 2)[0])


def test_a_posterior_that_is_not_a_gaussian_makes_its_own_draws():
    x = data(300)
    vae = tiny_vae(parts={"posterior": NotGaussian()})
    twin = tiny_vae()
    twin.load_weights_only(vae.weights_only())
    latent = twin.encode(x)

    z, log_q = vae.draw_posterior(x, 16, seed=0)

    assert z.shape == (300, 16, LATENT)
    expected = log_normal(z, latent.mode[:, None], latent.log_var[:, None])
    np.testing.assert_allclose(log_q, expected, atol=1e-3)
    noise = (z - latent.mode[:, None]) / np.exp(0.5 * latent.log_var[:, None])
    assert abs(noise.mean()) < 0.05
    assert np.unique(noise.round(5)).size > 0.9 * noise.size  # each batch draws anew


def test_the_joint_density_is_that_of_likelihood_and_prior():
    vae, x = tiny_vae(), data(7)
    z, _ = vae.draw_posterior(x, 3, seed=0)

    joint = vae.log_joint(x, z)

    outputs = vae.decode(z.reshape(-1, LATENT)).reshape(7, 3, -1)
    expected = -0.5 * np.sum((x[:, None] - outputs) ** 2 + np.log(2 * np.pi), axis=-1)
    expected += log_normal(z, 0.0, 0.0)
    np.testing.assert_allclose(joint, expected, rtol=1e-5)


def test_kl_divergences_are_the_priors_closed_form():
    vae, x = tiny_vae(), data(9)
    latent = vae.encode(x)

    expected = 0.5 * (np.exp(latent.log_var) + latent.mode**2 - 1 - latent.log_var)

    np.testing.assert_allclose(vae.kl_divergences(x), expected, rtol=1e-4, atol=1e-6)


def test_kl_divergences_without_a_closed_form_are_estimated_from_draws():
    x = data(200)
    vae = tiny_vae(parts={"prior": NoClosedForm()})
    latent = vae.encode(x)
    exact = 0.5 * np.sum(np.exp(latent.log_var) + latent.mode**2 - 1 - latent.log_var, axis=1)

    estimated = vae.kl_divergences(x)

    assert estimated.shape == (200, 1)
    assert estimated.mean() == pytest.approx(exact.mean(), abs=0.1)


def test_a_point_has_neither_kl_divergence_nor_draws():
    vae = tiny_vae(objective=OnlyReconstruction(), parts={"posterior": Point()})

    assert vae.is_deterministic
    assert not tiny_vae().is_deterministic
    assert vae.kl_divergences(data(3)) is None
    with pytest.raises(ValueError, match="deterministic"):
        vae.draw_posterior(data(3), 2, 0)


def test_the_averaged_weights_are_used():
    vae = tiny_vae(ema=0.9)
    vae.fit(data(), batch_size=16, epochs=2, verbose=0, shuffle=False)
    x = data(4)
    z, _ = vae.draw_posterior(x, 2, 0)
    with vae.averaged():
        outputs = ops.convert_to_numpy(vae.decoder(ops.convert_to_tensor(z.reshape(-1, LATENT))))
    expected = -0.5 * np.sum(
        (x[:, None] - outputs.reshape(4, 2, -1)) ** 2 + np.log(2 * np.pi), axis=-1
    )

    np.testing.assert_allclose(vae.log_joint(x, z) - log_normal(z, 0.0, 0.0), expected, rtol=1e-4)


def test_an_interrupt_while_it_predicts_leaves_the_weights(monkeypatch):
    vae = tiny_vae()
    x = data(4)
    expected = vae.reconstruct(x)

    def interrupted(self, *args, **kwargs):
        if keras.backend.backend() == "jax":
            for variable in self.variables:
                variable.value.delete()  # as JAX does with donated values
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(keras.Model, "predict", interrupted)
        vae.reconstruct(x)

    np.testing.assert_array_equal(vae.reconstruct(x), expected)


class Drawn(TinyLikelihood):
    """Examples of it are shown as draws; a network of its own gives their spread."""

    draws = True

    def __init__(self):
        super().__init__()
        self.spread = keras.layers.Dense(1, name="spread", dtype="float32")

    def log_scale(self, outputs):
        return ops.tanh(self.spread(outputs))

    def log_prob(self, x, outputs, training=False):
        off = (x - outputs) * ops.exp(-self.log_scale(outputs))
        per_dim = -0.5 * (off**2 + np.log(2 * np.pi)) - self.log_scale(outputs)
        return ops.sum(per_dim, axis=-1)

    def sample(self, outputs, seed):
        noise = keras.random.normal(ops.shape(outputs), seed=seed)
        return outputs + ops.exp(self.log_scale(outputs)) * noise


def test_what_a_likelihood_draws_is_shown_with_other_noise_in_every_batch():
    vae, means = tiny_vae(parts={"likelihood": Drawn()}), tiny_vae()
    assert (vae.draws, means.draws) == (True, False)
    z = np.zeros((300, LATENT), "float32")
    first, again, other = (vae.decode(z, seed=seed) for seed in (1, 1, 2))

    assert np.array_equal(first, again)
    assert len(np.unique(first[:, 0])) == 300  # across the batches of 256 too
    assert not np.array_equal(first, other)
    assert len(np.unique(means.decode(z)[:, 0])) == 1
    x = data(20)
    assert np.array_equal(vae.reconstruct(x), vae.reconstruct(x))
    assert not np.array_equal(vae.reconstruct(x), vae.reconstruct(x, seed=4))
    assert np.array_equal(vae.sample(9, seed=3), vae.sample(9, seed=3))
    assert not np.array_equal(vae.sample(9, seed=3), vae.sample(9, seed=4))
    spread = vae.decode(np.repeat(z[:1], 4000, axis=0)).std(axis=0)
    outputs = vae._passes.decode(ops.convert_to_tensor(z[:1]))
    due = np.exp(ops.convert_to_numpy(vae.parts.likelihood.log_scale(outputs)))
    assert np.allclose(spread, due, rtol=0.06)


def test_a_likelihood_gets_the_seed_that_it_asks_for():
    class Noisy(TinyLikelihood):
        def log_prob(self, x, outputs, training=False, *, seed):
            noise = keras.random.normal(ops.shape(x), seed=seed)
            return super().log_prob(x, outputs + 0.1 * noise)

    vae = tiny_vae(parts={"likelihood": Noisy()})
    x, z = data(8), np.zeros((8, 2, LATENT), "float32")
    joint = vae.log_joint(x, z)
    assert np.array_equal(joint, vae.log_joint(x, z))
    assert not np.allclose(joint[:, 0], joint[:, 1])
    history = vae.fit(x, epochs=2, batch_size=8, verbose=0).history
    assert np.isfinite(history["loss"]).all()


class ToldAndDrawn(keras.layers.Layer):
    """Asks for the label and for a seed, and is shown as draws: all tell the label and noise."""

    given = ("label",)
    draws = True

    def channels(self, data_channels):
        return data_channels

    def mean(self, outputs, given):
        return 0.0 * outputs + ops.cast(given["label"], "float32")[:, None, None, None]

    def log_prob(self, x, outputs, training=False, *, seed, given):
        noise = keras.random.uniform(ops.shape(x)[:1], dtype="float32", seed=seed)
        return 10.0 * ops.cast(given["label"], "float32") + noise + 0.0 * ops.sum(outputs)

    def sample(self, outputs, seed, given):
        noise = keras.random.uniform(ops.shape(outputs), dtype="float32", seed=seed)
        return self.mean(outputs, given) + 0.5 * noise


@pytest.mark.slow
def test_a_likelihood_gets_the_conditions_and_the_seed_that_it_asks_for():
    vae = conditional_run.built(parts={"likelihood": ToldAndDrawn(name="likelihood")})
    images, label = conditional_run.spots(8, 0)
    x, given = images / np.float32(255), {"label": label}
    z = np.random.default_rng(0).normal(size=(8, 2, LATENT)).astype("float32")

    noise = vae.log_joint(x, z, given) - vae.log_prior(z, given) - 10.0 * label[:, None]
    drawn = vae.decode(z[:, 0], given=given, seed=1)
    sampled = vae.sample(6, given={"label": [0, 1] * 3}, seed=2)
    history = vae.fit(x, given, epochs=1, batch_size=8, verbose=0).history

    assert len(np.unique(noise)) == 16
    assert -1e-4 < noise.min() < noise.max() < 1.0
    np.testing.assert_array_equal(
        np.floor(drawn + 1e-6), np.broadcast_to(label[:, None, None, None], drawn.shape)
    )
    assert np.array_equal(drawn, vae.decode(z[:, 0], given=given, seed=1))
    assert not np.array_equal(drawn, vae.decode(z[:, 0], given=given, seed=3))
    assert np.floor(sampled + 1e-6)[:, 0, 0, 0].tolist() == [0, 1] * 3
    least = -10.0 * label.mean() - 1.0
    assert least < history["reconstruction"][0] < least + 1.0
