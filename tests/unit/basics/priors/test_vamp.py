import keras
import numpy as np
import pytest
from keras import ops
from scipy import stats
from scipy.special import logsumexp

import vaereg

DATA = vaereg.DataSpec(form="image", shape=(2, 2, 1), value_range=(-1.0, 1.0))


class TinyEncoder(keras.layers.Layer):
    """Flattens an image and gives the mean and log variance of a 2-dimensional latent."""

    def __init__(self, spread=1.0):
        super().__init__(name="encoder")
        self.spread = spread

    def build(self, shape):
        kernel = np.random.default_rng(0).normal(size=(4, 4)).astype("float32")
        self.kernel = self.add_weight(
            name="kernel", shape=(4, 4), initializer=lambda shape, dtype=None: kernel
        )

    def call(self, x):
        both = ops.matmul(ops.reshape(x, (-1, 4)), self.kernel)
        mean, log_var = both[:, :2] * self.spread, both[:, 2:] - 2.0
        return vaereg.Latent(z=mean, mode=mean, log_var=log_var)


@pytest.fixture
def encoder():
    layer = TinyEncoder()
    layer(np.zeros((1, 2, 2, 1), "float32"))
    return layer


def explicit(prior, encoder, numpy):
    latent = encoder(prior.pseudo_inputs())
    return numpy(latent.mode), np.exp(numpy(latent.log_var) / 2)


def make(build, encoder, components=6, data=DATA):
    return build(
        "prior",
        "vamp",
        params={"components": components},
        data=data,
        latent_shape=(2,),
        encode=lambda x: encoder(x),
    )


def test_its_log_prob_is_that_of_the_explicit_mixture(build, encoder, numpy, rng):
    prior = make(build, encoder)
    means, stds = explicit(prior, encoder, numpy)
    z = rng.normal(size=(5, 2)).astype("float32")
    each = stats.norm.logpdf(z[:, None], means, stds).sum(-1)
    expected = logsumexp(each, axis=-1) - np.log(6)
    np.testing.assert_allclose(numpy(prior.log_prob(z)), expected, rtol=1e-4, atol=1e-5)


def test_it_integrates_to_one(build, encoder, numpy):
    prior = make(build, encoder)
    axis = np.linspace(-8, 8, 321)
    grid = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2).astype("float32")
    mass = np.exp(numpy(prior.log_prob(grid))).sum() * (axis[1] - axis[0]) ** 2
    assert mass == pytest.approx(1.0, abs=1e-3)


def test_its_sampler_draws_components_at_random(build, numpy):
    # A peer walks through the components in order, so that a few samples never leave the first.
    encoder = TinyEncoder(spread=100.0)  # components far apart compared with their width
    prior = make(build, encoder, components=20)
    means, _ = explicit(prior, encoder, numpy)

    def chosen(n, seed):
        z = numpy(prior.sample(n, seed))
        return np.linalg.norm(z[:, None] - means, axis=-1).argmin(-1)

    few = [chosen(5, seed) for seed in range(8)]
    assert max(index.max() for index in few) >= 15
    assert any(not np.array_equal(index, few[0]) for index in few)
    counts = np.bincount(chosen(4000, 1), minlength=20)
    assert stats.chisquare(counts).pvalue > 1e-3


def test_its_samples_follow_its_density(build, encoder, numpy):
    prior = make(build, encoder)
    means, stds = explicit(prior, encoder, numpy)

    def cdf(t):
        return stats.norm.cdf(t[:, None], means[:, 0], stds[:, 0]).mean(-1)

    assert stats.kstest(numpy(prior.sample(5000, 2))[:, 0], cdf).pvalue > 1e-3


def test_it_does_not_own_the_encoder(build, encoder):
    prior = build(
        "prior", "vamp", data=DATA, latent_shape=(2,), encode=encoder
    )  # even where the layer itself is handed in
    assert [variable.path for variable in prior.variables] == ["prior/pseudo_inputs"]


@pytest.mark.parametrize("value_range", [(-1.0, 1.0), (0.0, 255.0)])
def test_pseudo_inputs_start_and_stay_in_the_data_range(build, encoder, numpy, value_range):
    data = vaereg.DataSpec(form="image", shape=(2, 2, 1), value_range=value_range)
    prior = make(build, encoder, data=data)
    low, high = value_range
    share = (numpy(prior.pseudo_inputs()) - low) / (high - low)
    assert 0.2 < share.min() < share.max() < 0.8
    prior.raw_pseudo_inputs.assign(numpy(prior.raw_pseudo_inputs) * 1e4)
    pushed = numpy(prior.pseudo_inputs())
    assert low <= pushed.min() < pushed.max() <= high


def test_pseudo_inputs_of_unbounded_data_are_free(build, encoder, numpy):
    data = vaereg.DataSpec(form="image", shape=(2, 2, 1), value_range=None)
    prior = make(build, encoder, data=data, components=200)
    assert numpy(prior.pseudo_inputs()).std() == pytest.approx(1.0, abs=0.15)


def test_pseudo_inputs_and_encoder_both_learn(build, encoder, gradient, at_value, rng):
    prior = make(build, encoder)
    z = rng.normal(size=(5, 2)).astype("float32")
    for variable in (prior.raw_pseudo_inputs, encoder.kernel):
        slope = gradient(
            lambda v, variable=variable: at_value(variable, v, lambda: ops.mean(prior.log_prob(z))),
            ops.convert_to_numpy(variable),
        )
        assert np.isfinite(slope).all()
        assert np.abs(slope).max() > 1e-4


def test_seeds_are_honoured(build, encoder, numpy):
    prior = make(build, encoder)
    draws = [numpy(prior.sample(4, seed)) for seed in (1, 1, 2)]
    assert np.array_equal(draws[0], draws[1])
    assert not np.allclose(draws[0], draws[2])


def test_compiled_equals_eager(build, encoder, compiled, numpy, rng):
    prior = make(build, encoder)
    z = ops.convert_to_tensor(rng.normal(size=(5, 2)).astype("float32"))
    np.testing.assert_allclose(
        numpy(compiled(prior.log_prob)(z)), numpy(prior.log_prob(z)), rtol=1e-4, atol=1e-5
    )


def test_a_half_precision_encoder_gives_a_float32_density(build, mixed_float16, numpy, rng):
    encoder = TinyEncoder()
    prior = make(build, encoder)
    density = prior.log_prob(rng.normal(size=(5, 2)).astype("float32"))
    assert keras.backend.standardize_dtype(density.dtype) == "float32"
    assert np.isfinite(numpy(density)).all()


def test_a_posterior_without_a_variance_is_refused_with_what_to_do(build):
    def encode(x):
        mean = ops.reshape(x, (-1, 4))[:, :2]
        return vaereg.Latent(z=mean, mode=mean)

    with pytest.raises(ValueError, match='posterior = "gaussian"'):
        build("prior", "vamp", data=DATA, latent_shape=(2,), encode=encode)


def test_it_asks_to_be_built_after_the_encoder(build):
    with pytest.raises(ValueError, match="after the encoder"):
        build("prior", "vamp", data=DATA, latent_shape=(2,))
