"""The KL divergence, and how free bits and capacity change its part of the loss."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from tests.helpers.tiny_vae import TinyPrior, constant
from vaereg.contracts.latent import Latent
from vaereg.declaration.declaration import KLControl
from vaereg.model.losses.kl_terms import controlled_kl, kl_divergence


def value(tensor):
    return float(ops.convert_to_numpy(tensor))


def gaussian(mode, log_var, noise):
    z = mode + np.exp(0.5 * log_var) * noise
    log_q = -0.5 * np.sum(log_var + noise**2 + np.log(2 * np.pi), axis=-1)
    return Latent(*(ops.convert_to_tensor(v.astype("float32")) for v in (z, mode, log_var, log_q)))


def test_the_divergence_is_in_closed_form_where_the_prior_has_one():
    rng = np.random.default_rng(0)
    mode, log_var = rng.normal(size=(2, 1, 2))
    closed = kl_divergence(gaussian(mode, log_var, np.zeros((1, 2))), TinyPrior())
    due = 0.5 * (np.exp(log_var) + mode**2 - 1 - log_var)

    np.testing.assert_allclose(ops.convert_to_numpy(closed), due, rtol=1e-5)


def test_without_a_closed_form_it_is_estimated_from_the_draw():
    class Draws:
        log_prob = TinyPrior().log_prob

    rng = np.random.default_rng(0)
    mode, log_var = np.full((20_000, 2), 0.5), np.full((20_000, 2), -1.0)
    estimate = kl_divergence(gaussian(mode, log_var, rng.normal(size=(20_000, 2))), Draws())
    due = 0.5 * (np.exp(-1.0) + 0.25 - 1 + 1) * 2

    assert estimate.shape == (20_000, 1)
    assert ops.convert_to_numpy(estimate).mean() == pytest.approx(due, abs=0.03)


def test_free_bits_leave_a_group_below_them_without_penalty():
    kl = ops.convert_to_tensor(np.array([0.1, 0.7], "float32"))
    control = KLControl(free_bits=0.5)

    assert value(controlled_kl(kl, control, 1.0, 0.0)) == pytest.approx(0.5 + 0.7)


def test_capacity_pulls_the_kl_divergence_towards_it_from_both_sides():
    kl = ops.convert_to_tensor(np.array([1.0, 2.0], "float32"))
    control = KLControl(capacity=constant(5.0))

    assert value(controlled_kl(kl, control, 10.0, 5.0)) == pytest.approx(20.0)
    assert value(controlled_kl(kl, control, 10.0, 1.0)) == pytest.approx(20.0)


def laplace(scale):
    """A latent (1, 2) without log_var, which tells its scale among the extras."""
    mode = ops.convert_to_tensor(np.zeros((1, 2), "float32"))
    log_q = ops.convert_to_tensor(np.full((1,), -2 * np.log(2 * scale), "float32"))
    return Latent(mode, mode, None, log_q, {"scale": ops.full((1, 2), scale)})


def test_the_prior_is_asked_for_a_posterior_that_is_not_gaussian_too():
    class KnowsLaplace(TinyPrior):
        def kl(self, latent):
            if "scale" in latent.extras:
                return 3.0 * latent.extras["scale"]
            return super().kl(latent)

    closed = kl_divergence(laplace(0.5), KnowsLaplace())

    np.testing.assert_allclose(ops.convert_to_numpy(closed), [[1.5, 1.5]])


def test_a_prior_may_have_no_closed_form_for_a_posterior():
    class KnowsNone(TinyPrior):
        def kl(self, latent):
            return None

    class TakesAGaussianForGranted(TinyPrior):
        def kl(self, latent):
            return 0.5 * (ops.exp(latent.log_var) + latent.mode**2 - 1.0 - latent.log_var)

    estimate = np.log(2 * np.pi) - 2 * np.log(2 * 0.5)
    for prior in (KnowsNone(), TakesAGaussianForGranted()):
        found = kl_divergence(laplace(0.5), prior)
        np.testing.assert_allclose(ops.convert_to_numpy(found), [[estimate]], rtol=1e-5)
