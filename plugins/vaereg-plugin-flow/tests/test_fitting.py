"""The purpose of the prior: latents that no Gaussian covers."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest
from keras import ops


def two_moons(count, seed):
    """Two half circles that reach into each other, with a hole in each, standardized."""
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, math.pi, count)
    moon = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    moon[1::2] = np.array([1.0, 0.5]) - moon[1::2]
    points = moon + 0.08 * rng.normal(size=moon.shape)
    return ((points - [0.5, 0.25]) / [0.87, 0.5]).astype("float32")


def gaussian_log_prob(points, fitted_to):
    mean, covariance = fitted_to.mean(axis=0), np.cov(fitted_to.T)
    off = points - mean
    distance = np.einsum("ni,ij,nj->n", off, np.linalg.inv(covariance), off)
    return -0.5 * (distance + np.linalg.slogdet(2 * math.pi * covariance)[1])


class Likelihood(keras.Model):
    """-log p(z), which is minimised directly."""

    def __init__(self, prior):
        super().__init__()
        self.prior = prior
        self.built = True

    def call(self, z):
        return -self.prior.log_prob(z)


def to_nearest(points, others):
    return np.sqrt(((points[:, None] - others[None]) ** 2).sum(axis=2).min(axis=1))


def in_holes(drawn, data):
    """The share of draws with no datum within 0.3; of data itself it is 0."""
    return (to_nearest(drawn, data) > 0.3).mean()


@pytest.mark.slow
def test_some_hundred_steps_beat_the_best_gaussian_and_leave_the_hole_empty(prior):
    keras.utils.set_random_seed(0)  # of initial weights and of the order of batches
    train, held_out = two_moons(512, 1), two_moons(512, 2)
    layer = prior(random=False, widths=(32, 32))
    model = Likelihood(layer)
    model.compile(optimizer=keras.optimizers.Adam(5e-3), loss=lambda target, found: ops.mean(found))

    model.fit(train, np.zeros(len(train)), batch_size=256, epochs=200, verbose=0)

    found = ops.convert_to_numpy(layer.log_prob(held_out)).mean()
    assert found > gaussian_log_prob(held_out, train).mean() + 0.4

    drawn = ops.convert_to_numpy(layer.sample(512, 1))
    rng = np.random.default_rng(3)
    normal = rng.multivariate_normal(train.mean(axis=0), np.cov(train.T), 512)
    assert in_holes(drawn, held_out) < 0.5 * in_holes(normal, held_out)
    # and nothing is left out: each held-out point has a draw nearby
    assert np.quantile(to_nearest(held_out, drawn), 0.95) < 0.3
