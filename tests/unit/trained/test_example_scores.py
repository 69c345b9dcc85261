"""Scores of single examples, on a model whose log p(x) is known in closed form."""

import keras
import numpy as np
import pytest
from keras import ops

import vaereg
from vaereg.discovery.declare import declare
from vaereg.model.build_declared import build_declared
from vaereg.testing.stand_ins.linear_gaussian import LinearGaussian
from vaereg.trained.example_scores import DRAWS, example_seeds, posterior_draws
from vaereg.trained.trained_model import TrainedModel

TEXT = """
[data.d]
use = "arrays"
path = "d.npz"

[models.m]
data = "d"
latent = 3
encoder = "dense"
decoder = "dense"
likelihood = "gaussian"
objective = "elbo"
"""
SPEC = vaereg.DataSpec(form="vector", shape=(6,), value_range=None)
EXACT = LinearGaussian(SPEC, latent=3)


class Mean(keras.layers.Layer):
    """The mean of the exact posterior."""

    def call(self, x):
        precision = 1.0 + (EXACT.strengths / EXACT.noise) ** 2
        matrix = EXACT.directions * EXACT.strengths / (EXACT.noise**2 * precision)
        return ops.matmul(x - EXACT.middle, ops.cast(matrix, "float32"))


class Exact(keras.layers.Layer):
    """The exact posterior, its mean moved by `shift` to loosen the bound."""

    def __init__(self, shift=0.0):
        super().__init__(name="posterior")
        self.shift = shift

    def call(self, features, samples=1, seed=None, training=False):
        log_var = -np.log(1.0 + (EXACT.strengths / EXACT.noise) ** 2)
        mean = ops.tile(features + self.shift, (samples, 1))
        log_var = ops.zeros_like(mean) + ops.cast(log_var, "float32")
        noise = keras.random.normal(ops.shape(mean), seed=seed)
        log_q = -0.5 * ops.sum(log_var + ops.square(noise) + np.log(2 * np.pi), axis=1)
        z = mean + ops.exp(0.5 * log_var) * noise
        return vaereg.Latent(z, mean, log_var, log_q)


class Hidden(Exact):
    """The same posterior, which does not tell its log variance."""

    def call(self, features, samples=1, seed=None, training=False):
        latent = super().call(features, samples=samples, seed=seed, training=training)
        return latent._replace(log_var=None)


class Point(keras.layers.Layer):
    def call(self, features, samples=1, seed=None, training=False):
        return vaereg.Latent(features, features)


class Decode(keras.layers.Layer):
    def call(self, z):
        matrix = ops.cast((EXACT.directions * EXACT.strengths).T, "float32")
        return EXACT.middle + ops.matmul(z, matrix)


class Noisy:
    """A Gaussian of the standard deviation of the exact model."""

    def channels(self, data_channels):
        return data_channels

    def mean(self, outputs):
        return outputs

    def log_prob(self, x, outputs, training=False):
        error = ops.square((x - outputs) / EXACT.noise)
        return -0.5 * ops.sum(error + np.log(2 * np.pi * EXACT.noise**2), axis=1)


def exact_model(posterior) -> TrainedModel:
    data = vaereg.Data(spec=SPEC, train=vaereg.ArraySplit(np.zeros((200, 6), np.float32)))
    declaration = declare(TEXT)
    parts = {
        "encoder": Mean(),
        "posterior": posterior,
        "decoder": Decode(),
        "likelihood": Noisy(),
    }
    return TrainedModel(build_declared(declaration, data, parts), declaration, lambda: data)


def examples(count=5) -> np.ndarray:
    rng = np.random.default_rng(2)
    return EXACT.draw(rng.normal(size=(count, 3)), rng)


@pytest.mark.parametrize("posterior", [Exact, Hidden])
def test_with_the_exact_posterior_the_bound_is_the_log_density(posterior):
    x = examples()
    model = exact_model(posterior())
    scores = model.score(x, samples=32)
    exact = EXACT.log_prob(x)
    assert np.allclose(scores["bound"], exact, atol=1e-2)
    assert np.allclose(scores["elbo"], exact, atol=5 * 1.5 / np.sqrt(16))


@pytest.mark.slow
def test_the_elbo_comes_closer_to_the_log_density_with_more_draws():
    x = examples(40)
    model, exact = exact_model(Exact()), EXACT.log_prob(x)
    few, many = (np.abs(model.score(x, k)["elbo"] - exact).mean() for k in (4, 128))
    assert many < 0.3 * few


def test_with_another_posterior_the_bound_lies_between_the_elbo_and_the_log_density():
    x = examples(40)
    scores, exact = exact_model(Exact(0.05)).score(x, samples=64), EXACT.log_prob(x)
    assert scores["elbo"].mean() < scores["bound"].mean() < exact.mean() + 0.05


def test_for_a_deterministic_posterior_only_the_reconstruction_is_known():
    x = examples()
    model = exact_model(Point())
    scores = model.score(x)
    assert all(np.isnan(scores[name]).all() for name in ("elbo", "bound", "kl"))
    error = ((x - model.reconstruct(x)) / EXACT.noise) ** 2
    expected = -0.5 * (error + np.log(2 * np.pi * EXACT.noise**2)).sum(axis=1)
    assert np.allclose(scores["reconstruction"], expected, rtol=1e-3, atol=1e-3)
    assert model.encode(x).log_var is None and model.encode(x[0]).log_var is None


@pytest.mark.slow
def test_the_scores_of_an_example_do_not_depend_on_the_others_of_its_batch():
    x, model = examples(), exact_model(Exact(0.1))
    scores, turned = model.score(x, 20), model.score(x[::-1], 20)
    twice = model.score(np.concatenate([x, x]), 20)
    alone = [model.score(each, 20) for each in x]
    for name, values in scores.items():
        assert np.allclose(turned[name][::-1], values, atol=1e-4)
        assert np.allclose(twice[name], [*values, *values], atol=1e-4)
        assert np.allclose([each[name] for each in alone], values, atol=1e-4)
    assert not np.allclose(model.score(x, 20, seed=1)["elbo"], scores["elbo"], atol=1e-2)


def test_different_examples_have_different_draws_in_every_chunk():
    x = np.zeros((3, 6), np.float32)
    x[1, 0] = 1e-3
    first, second = (example_seeds(x, 0, chunk) for chunk in (0, DRAWS))
    assert first[0] == first[2] and len({*first, *second}) == 4
    assert example_seeds(-x[:1], 0, 0) == first[:1]


def test_without_a_closed_form_the_kl_divergence_is_estimated_from_the_same_draws():
    x = examples()
    model = exact_model(Hidden(0.1))
    scores = model.score(x, samples=32)
    draws = list(posterior_draws(model.vae, x, 32, 0))
    weights = np.concatenate([each.log_weights for each in draws], axis=1)
    assert np.allclose(scores["elbo"], weights.mean(axis=1), atol=1e-3)
    assert np.all(scores["bound"] >= scores["elbo"])


@pytest.mark.parametrize("samples", [1, DRAWS, DRAWS + 3])
def test_the_requested_number_of_draws_is_made(samples):
    model = exact_model(Exact())
    draws = list(posterior_draws(model.vae, examples(2), samples, 0))
    assert sum(each.z.shape[1] for each in draws) == samples
    assert all(each.log_weights.shape == each.z.shape[:2] for each in draws)
