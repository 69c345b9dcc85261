from types import SimpleNamespace

import numpy as np
import pytest

import vaereg
from vaereg.evaluation.evidence.run_model import RunModel, flat
from vaereg.trained.example_scores import DRAWS

RNG = np.random.default_rng(0)
X, TRAIN = RNG.normal(size=(6, 3)), RNG.normal(size=(9, 3))
LATENTS = RNG.normal(size=(5, 2, 1))


class Model:
    """A model whose latents are the first two values; it records its calls."""

    is_deterministic = False

    def __init__(self, *, gaussian=True):
        self.gaussian = gaussian
        self.asked = []

    def encode(self, x):
        self.asked.append(len(x))
        mode = x[:, :2].reshape(-1, 2, 1)
        return vaereg.Latent(mode, mode, np.zeros_like(mode) if self.gaussian else None)

    def draw_prior(self, n, seed):
        return np.full((n, 2, 1), float(seed))

    def draw_posterior(self, x, samples, seed, seeds=None, latent=None):
        self.asked.append(("draws", samples, seed))
        z = np.full((len(x), samples, 2, 1), float(seed))
        return z, np.zeros((len(x), samples))

    def log_joint(self, x, z):
        return x[:, :1] + z[:, :, 0, 0]

    def kl_divergences(self, x):
        return np.tile([1.0, 2.0], (len(x), 1))


def view(model):
    return RunModel(model, LATENTS, lambda: X, lambda: TRAIN, seed=7)


@pytest.mark.parametrize(
    ("prior", "likelihood", "bounds"),
    [
        ({}, {}, ()),
        ({"bound": True}, {}, ("prior",)),
        ({"bound": False}, {"exact": False}, ("likelihood",)),
        ({"bound": True}, {"exact": False}, ("prior", "likelihood")),
    ],
)
def test_parts_whose_densities_are_bounds_are_told(prior, likelihood, bounds):
    model = Model()
    model.parts = SimpleNamespace(
        prior=SimpleNamespace(**prior), likelihood=SimpleNamespace(**likelihood)
    )

    assert view(model).bounds == bounds
    assert len(view(model).warnings()) == bool(bounds)


def test_latents_are_flattened():
    model = view(Model())
    np.testing.assert_array_equal(model.latents, LATENTS.reshape(5, 2))
    np.testing.assert_array_equal(model.real_mean, X[:, :2])
    np.testing.assert_array_equal(model.train_mean, TRAIN[:, :2])
    assert model.real_log_var.shape == (6, 2)
    assert model.train_log_var.shape == (9, 2)
    np.testing.assert_array_equal(model.prior_latents, np.full((5, 2), 7.0))
    assert flat(np.zeros((4, 2, 3))).shape == (4, 6)


def test_examples_are_encoded_once_and_only_when_asked_for():
    inner = Model()
    model = view(inner)
    assert inner.asked == []
    _ = model.real_mean, model.real_log_var, model.real_mean
    assert inner.asked == [6]
    _ = model.train_mean, model.train_log_var
    assert inner.asked == [6, 9]


def test_a_posterior_that_is_no_gaussian_has_no_variance():
    model = view(Model(gaussian=False))
    assert (model.real_log_var, model.train_log_var) == (None, None)


@pytest.mark.parametrize("samples", [1, DRAWS, DRAWS + 3])
def test_importance_weights_are_drawn_in_equal_chunks_and_cut(samples):
    inner = Model()
    weights = view(inner).log_weights(samples, 4)
    assert weights.shape == (samples, 4)
    chunks = range(0, samples, DRAWS)
    assert inner.asked == [4, *(("draws", DRAWS, 8 + first) for first in chunks)]
    np.testing.assert_allclose(weights[0], X[:4, 0] + 8.0)
    np.testing.assert_allclose(weights[-1], X[:4, 0] + 8.0 + chunks[-1])


def test_kl_and_determinism_are_those_of_the_model():
    model = view(Model())
    assert model.kl.tolist() == [[1.0, 2.0]] * 6
    assert model.deterministic is False
