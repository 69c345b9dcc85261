import keras
import numpy as np
import pytest
from keras import ops
from scipy import stats
from scipy.special import logsumexp

import vaereg

NAMES = ("standard_normal", "gaussian_mixture")


def spread_out(prior, rng, numpy):
    """Gives a mixture unequal weights and variances; returns its parameters."""
    prior.logits.assign(rng.normal(size=prior.logits.shape))
    prior.means.assign(rng.normal(size=prior.means.shape) * 2)
    prior.raw_log_vars.assign(rng.normal(size=prior.means.shape))
    weights = np.exp(numpy(prior.logits))
    return weights / weights.sum(), numpy(prior.means), np.exp(numpy(prior.raw_log_vars) / 2)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("latent", [(3,), (2, 2, 3)])
def test_shapes(build, numpy, name, latent):
    prior = build("prior", name, latent_shape=latent)
    z = prior.sample(5, 1)
    assert tuple(z.shape) == (5, *latent)
    assert keras.backend.standardize_dtype(z.dtype) == "float32"
    assert tuple(prior.log_prob(z).shape) == (5,)
    assert np.isfinite(numpy(prior.log_prob(z))).all()


@pytest.mark.parametrize("name", NAMES)
def test_seeds_are_honoured(build, numpy, name):
    prior = build("prior", name, latent_shape=(3,))
    draws = [numpy(prior.sample(4, seed)) for seed in (1, 1, 2)]
    assert np.array_equal(draws[0], draws[1])
    assert not np.allclose(draws[0], draws[2])
    moving = keras.random.SeedGenerator(1)
    assert not np.allclose(numpy(prior.sample(4, moving)), numpy(prior.sample(4, moving)))


def test_the_standard_normal_is_scipys(build, numpy, rng):
    prior = build("prior", "standard_normal", latent_shape=(2, 2, 1))
    z = rng.normal(size=(6, 2, 2, 1)).astype("float32") * 3
    expected = stats.norm.logpdf(z).sum((1, 2, 3))
    np.testing.assert_allclose(numpy(prior.log_prob(z)), expected, rtol=1e-5)
    draws = numpy(prior.sample(5000, 1))
    assert stats.kstest(draws.ravel(), "norm").pvalue > 1e-3


def test_the_kl_agrees_with_monte_carlo(build, numpy, rng):
    prior = build("prior", "standard_normal", latent_shape=(3,))
    mean, log_var = rng.normal(size=(2, 3)), rng.normal(size=(2, 3)) * 0.7
    kl = numpy(prior.kl(vaereg.Latent(z=mean, mode=mean, log_var=log_var)))
    std = np.exp(log_var / 2)
    z = mean + std * rng.normal(size=(200_000, 2, 3))
    draws = stats.norm.logpdf(z, mean, std) - stats.norm.logpdf(z)
    error = draws.std(0) / np.sqrt(len(draws))
    assert (np.abs(kl - draws.mean(0)) < 5 * error).all()


def test_the_kl_is_zero_at_equality_and_positive_elsewhere(build, numpy, rng):
    prior = build("prior", "standard_normal", latent_shape=(4,))
    zero = np.zeros((1, 4), "float32")
    assert not numpy(prior.kl(vaereg.Latent(z=zero, mode=zero, log_var=zero))).any()
    for size in (1e-4, 1e-2, 1.0, 8.0):
        mean, log_var = (rng.normal(size=(50, 4)).astype("float32") * size for _ in range(2))
        assert (numpy(prior.kl(vaereg.Latent(z=mean, mode=mean, log_var=log_var))) >= 0).all()


def test_the_kl_of_a_spatial_latent_has_a_group_per_channel(build, numpy, rng):
    mean, log_var = (rng.normal(size=(2, 3, 4, 5)).astype("float32") for _ in range(2))
    spatial = build("prior", "standard_normal", latent_shape=(3, 4, 5))
    kl = numpy(spatial.kl(vaereg.Latent(z=mean, mode=mean, log_var=log_var)))
    assert kl.shape == (2, 5)
    flat = vaereg.Latent(*(part.reshape(2, -1) for part in (mean, mean, log_var)))
    vector = build("prior", "standard_normal", latent_shape=(60,))
    np.testing.assert_allclose(kl.sum(-1), numpy(vector.kl(flat)).sum(-1), rtol=1e-5)


def test_the_mixture_is_the_sum_of_its_gaussians(build, numpy, rng):
    prior = build("prior", "gaussian_mixture", params={"components": 4}, latent_shape=(2, 1, 2))
    weights, means, stds = spread_out(prior, rng, numpy)
    z = rng.normal(size=(6, 2, 1, 2)).astype("float32") * 3
    each = stats.norm.logpdf(z.reshape(6, 1, 4), means, stds).sum(-1)
    expected = logsumexp(each + np.log(weights), axis=-1)
    np.testing.assert_allclose(numpy(prior.log_prob(z)), expected, rtol=2e-3)  # the soft clip


def test_the_mixture_integrates_to_one(build, numpy, rng):
    prior = build("prior", "gaussian_mixture", params={"components": 3}, latent_shape=(2,))
    spread_out(prior, rng, numpy)
    axis = np.linspace(-15, 15, 301)
    grid = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2).astype("float32")
    mass = np.exp(numpy(prior.log_prob(grid))).sum() * (axis[1] - axis[0]) ** 2
    assert mass == pytest.approx(1.0, abs=1e-4)


def test_samples_of_the_mixture_follow_its_density(build, numpy, rng):
    prior = build("prior", "gaussian_mixture", params={"components": 3}, latent_shape=(2,))
    weights, means, stds = spread_out(prior, rng, numpy)
    direction = np.array([0.6, 0.8])
    along = numpy(prior.sample(5000, 3)) @ direction
    centres, widths = means @ direction, np.sqrt(stds**2 @ direction**2)

    def cdf(t):
        return (weights * stats.norm.cdf(t[:, None], centres, widths)).sum(-1)

    assert stats.kstest(along, cdf).pvalue > 1e-3


def test_the_mixture_starts_near_the_standard_normal_with_unlike_components(build, numpy):
    prior = build("prior", "gaussian_mixture", params={"components": 32}, latent_shape=(16,))
    z = numpy(prior.sample(4000, 1))
    assert np.abs(z.mean(0)).max() < 0.5
    assert z.var(0).mean() == pytest.approx(1.0, abs=0.15)
    means = numpy(prior.means)
    apart = np.linalg.norm(means[:, None] - means[None], axis=-1) + 1e9 * np.eye(32)
    assert apart.min() > 1.0


def test_the_mixture_follows_the_seed(build, numpy):
    first, again, other = (
        numpy(build("prior", "gaussian_mixture", latent_shape=(3,), seed=seed).means)
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_mixture_learns(build, gradient, at_value, rng):
    prior = build("prior", "gaussian_mixture", params={"components": 3}, latent_shape=(2,))
    z = rng.normal(size=(8, 2)).astype("float32")
    for variable in prior.trainable_variables:
        slope = gradient(
            lambda v, variable=variable: at_value(variable, v, lambda: ops.mean(prior.log_prob(z))),
            ops.convert_to_numpy(variable),
        )
        assert np.isfinite(slope).all()
        assert np.abs(slope).max() > 1e-4


@pytest.mark.parametrize("name", NAMES)
def test_gradients_stay_finite_far_out(build, gradient, name):
    prior = build("prior", name, latent_shape=(2,))
    slope = gradient(lambda z: ops.sum(prior.log_prob(z)), [[1e3, -1e3], [0.0, 0.0], [1e-8, 30.0]])
    assert np.isfinite(slope).all()


@pytest.mark.parametrize("name", NAMES)
def test_compiled_equals_eager(build, compiled, numpy, rng, name):
    prior = build("prior", name, latent_shape=(2,))
    z = ops.convert_to_tensor(rng.normal(size=(4, 2)).astype("float32"))
    np.testing.assert_allclose(
        numpy(compiled(prior.log_prob)(z)), numpy(prior.log_prob(z)), rtol=1e-5
    )
    fast = compiled(lambda z: prior.sample(4, 5) + 0.0 * z)(z)
    np.testing.assert_allclose(numpy(fast), numpy(prior.sample(4, 5)), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_a_half_precision_model_does_not_squeeze_the_prior(build, numpy, rng, mixed_float16, name):
    prior = build("prior", name, latent_shape=(2,))
    z = rng.normal(size=(4, 2)).astype("float32") * 300  # squares overflow float16

    class Outer(keras.layers.Layer):
        def call(self, x):
            return prior.log_prob(z) + 0.0 * ops.cast(ops.sum(x), "float32")

    squeezed = Outer()(np.ones((1, 1), "float32"))
    assert keras.backend.standardize_dtype(squeezed.dtype) == "float32"
    np.testing.assert_allclose(numpy(squeezed), numpy(prior.log_prob(z)), rtol=1e-6)
    assert np.isfinite(numpy(squeezed)).all()


def test_variables_have_explicit_names(build):
    prior = build("prior", "gaussian_mixture", latent_shape=(2,))
    assert [v.path for v in prior.variables] == [
        "prior/logits",
        "prior/means",
        "prior/log_vars",
    ]
