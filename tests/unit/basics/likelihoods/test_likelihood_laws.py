import itertools
import math

import keras
import numpy as np
import pytest
from keras import ops
from scipy import stats

import vaereg

NAMES = (
    "bernoulli",
    "gaussian",
    "gaussian_optimal_variance",
    "laplace",
    "discretized_logistic_mixture",
)
CONTINUOUS = ("gaussian", "gaussian_optimal_variance", "laplace")
SHAPES = {"image": (2, 3, 3), "vector": (4,), "sequence": (5, 2)}


def spec(form="image", shape=None, **more):
    return vaereg.DataSpec(form=form, shape=shape or SHAPES[form], **more)


def some_outputs(likelihood, data, rng, batch=2, size=1.0):
    shape = (batch, *data.shape[:-1], likelihood.channels(data.channels))
    return (rng.normal(size=shape) * size).astype("float32")


@pytest.mark.parametrize("form", SHAPES)
@pytest.mark.parametrize("name", NAMES)
def test_shapes_and_types(build, rng, numpy, name, form):
    data = spec(form)
    likelihood = build("likelihood", name, data=data)
    outputs = some_outputs(likelihood, data, rng)
    x = rng.integers(0, 2, (2, *data.shape)).astype("float32")
    for training in (False, True):
        log_prob = likelihood.log_prob(x, outputs, training=training)
        assert tuple(log_prob.shape) == (2,)
        assert np.isfinite(numpy(log_prob)).all()
    for array in (likelihood.mean(outputs), likelihood.sample(outputs, 1)):
        assert tuple(array.shape) == x.shape
        assert keras.backend.standardize_dtype(array.dtype) == "float32"


@pytest.mark.parametrize("name", CONTINUOUS)
def test_a_density_integrates_to_one_on_the_scale_of_the_data(build, rng, numpy, name):
    data = spec("vector", (1,), value_range=(0.0, 10.0))
    likelihood = build("likelihood", name, data=data)
    x = np.linspace(-60, 70, 26_001, dtype="float32")[:, None]
    outputs = np.repeat(some_outputs(likelihood, data, rng, batch=1), len(x), axis=0)
    mass = np.exp(numpy(likelihood.log_prob(x, outputs))).sum() * 0.005
    assert mass == pytest.approx(1.0, abs=2e-3)


def test_bernoulli_sums_to_one_over_binary_data(build, rng, numpy):
    data = spec("image", (2, 2, 1))
    likelihood = build("likelihood", "bernoulli", data=data)
    x = np.array(list(itertools.product([0, 1], repeat=4)), "float32").reshape(-1, 2, 2, 1)
    outputs = np.repeat(some_outputs(likelihood, data, rng, batch=1, size=3), 16, axis=0)
    assert np.exp(numpy(likelihood.log_prob(x, outputs))).sum() == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_log_prob_sums_over_dimensions(build, rng, numpy, name):
    # Doubling the image doubles the log probability: nothing is averaged over pixels.
    data = spec()
    likelihood = build("likelihood", name, data=data)
    outputs = some_outputs(likelihood, data, rng)
    x = rng.integers(0, 2, (2, *data.shape)).astype("float32")
    single = numpy(likelihood.log_prob(x, outputs))
    double = numpy(likelihood.log_prob(np.tile(x, (1, 4, 1, 1)), np.tile(outputs, (1, 4, 1, 1))))
    np.testing.assert_allclose(double, 4 * single, rtol=1e-5)


def test_bernoulli_is_scipys(build, rng, numpy):
    likelihood = build("likelihood", "bernoulli", data=spec())
    logits = rng.normal(size=(2, 2, 3, 3)).astype("float32") * 3
    x = rng.integers(0, 2, logits.shape).astype("float32")
    chance = 1 / (1 + np.exp(-logits.astype("float64")))
    expected = stats.bernoulli.logpmf(x, chance).sum((1, 2, 3))
    np.testing.assert_allclose(numpy(likelihood.log_prob(x, logits)), expected, rtol=1e-5)
    np.testing.assert_allclose(numpy(likelihood.mean(logits)), chance, rtol=1e-5)


@pytest.mark.parametrize(
    ("value_range", "centre"),
    [
        ((0.0, 1.0), lambda o: 1 / (1 + np.exp(-o))),
        ((-1.0, 1.0), np.tanh),
        ((0.0, 255.0), lambda o: 255 / (1 + np.exp(-o))),
        (None, lambda o: o),
    ],
)
def test_gaussian_and_laplace_are_scipys(build, rng, numpy, value_range, centre):
    data = spec(value_range=value_range)
    outputs = rng.normal(size=(2, 2, 3, 3)).astype("float32")
    x = rng.uniform(0, 1, outputs.shape).astype("float32")
    mean = centre(outputs.astype("float64"))
    for name, params, law in (
        ("gaussian", {"sigma": 0.7}, stats.norm(mean, 0.7)),
        ("laplace", {"scale": 0.3}, stats.laplace(mean, 0.3)),
        ("laplace", {"scale": 0.3, "learned": True}, stats.laplace(mean, 0.3)),
    ):
        likelihood = build("likelihood", name, data=data, params=params)
        expected = law.logpdf(x).sum((1, 2, 3))
        np.testing.assert_allclose(numpy(likelihood.log_prob(x, outputs)), expected, rtol=1e-4)
        np.testing.assert_allclose(numpy(likelihood.mean(outputs)), mean, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_an_activation_is_scaled_to_the_range(build, numpy, activation):
    data = spec("vector", (3,), value_range=(2.0, 6.0))
    likelihood = build("likelihood", "gaussian", data=data, params={"activation": activation})
    mean = numpy(likelihood.mean(np.array([[-30.0, 0.0, 30.0]], "float32")))
    np.testing.assert_allclose(mean, [[2.0, 4.0, 6.0]], atol=1e-5)


@pytest.mark.parametrize("name", ["gaussian", "laplace"])
def test_continuous_samples_follow_the_density(build, numpy, name):
    data = spec("vector", (1,), value_range=None)
    likelihood = build("likelihood", name, data=data)
    law = stats.norm(0.5, 1.0) if name == "gaussian" else stats.laplace(0.5, 0.1)
    draws = numpy(likelihood.sample(np.full((5000, 1), 0.5, "float32"), 1))
    assert stats.kstest(draws[:, 0], law.cdf).pvalue > 1e-3


def test_bernoulli_samples_follow_the_probabilities(build, numpy):
    likelihood = build("likelihood", "bernoulli", data=spec("vector", (3,)))
    logits = np.tile(np.array([[-2.0, 0.0, 1.0]], "float32"), (20_000, 1))
    draws = numpy(likelihood.sample(logits, 1))
    assert set(np.unique(draws)) == {0.0, 1.0}
    np.testing.assert_allclose(draws.mean(0), 1 / (1 + np.exp(-logits[0])), atol=0.015)


@pytest.mark.parametrize("name", NAMES)
def test_the_mean_is_the_expectation_of_samples_and_in_range(build, rng, numpy, name):
    data = spec()
    likelihood = build("likelihood", name, data=data)
    outputs = some_outputs(likelihood, data, rng, batch=1)
    mean = numpy(likelihood.mean(outputs))[0]
    draws = numpy(likelihood.sample(np.repeat(outputs, 10_000, axis=0), 1))
    error = draws.std(0) / 100
    assert (np.abs(draws.mean(0) - mean) < 5 * error + 0.01).all()
    assert mean.min() >= 0
    assert mean.max() <= 1


@pytest.mark.parametrize("name", NAMES)
def test_seeds_are_honoured(build, rng, numpy, name):
    data = spec()
    likelihood = build("likelihood", name, data=data)
    outputs = some_outputs(likelihood, data, rng)
    draws = [numpy(likelihood.sample(outputs, seed)) for seed in (1, 1, 2)]
    assert np.array_equal(draws[0], draws[1])
    assert not np.array_equal(draws[0], draws[2])
    moving = keras.random.SeedGenerator(1)
    first, second = (numpy(likelihood.sample(outputs, moving)) for _ in range(2))
    assert not np.array_equal(first, second)


@pytest.mark.parametrize("size", [0.0, 50.0, 500.0])
@pytest.mark.parametrize("name", NAMES)
def test_values_and_gradients_stay_finite_at_extreme_outputs(
    build, rng, gradient, numpy, name, size
):
    data = spec()
    likelihood = build("likelihood", name, data=data)
    outputs = np.sign(some_outputs(likelihood, data, rng)) * size
    x = rng.integers(0, 256, (2, *data.shape)).astype("float32") / 255
    x[:, 0, 0], x[:, 0, 1] = 0.0, 1.0
    assert np.isfinite(numpy(likelihood.log_prob(x, outputs))).all()
    assert np.isfinite(numpy(likelihood.sample(outputs, 1))).all()
    for training in (False, True):
        slope = gradient(
            lambda o, training=training: ops.sum(likelihood.log_prob(x, o, training=training)),
            outputs,
        )
        assert np.isfinite(slope).all()
    assert np.isfinite(gradient(lambda o: ops.sum(likelihood.mean(o)), outputs)).all()


@pytest.mark.parametrize("name", NAMES)
def test_the_gradient_is_that_of_finite_differences(build, rng, gradient, numpy, name):
    data = spec("image", (1, 1, 2), levels=8)
    likelihood = build("likelihood", name, data=data)
    outputs = some_outputs(likelihood, data, rng, batch=1)
    x = np.array([[[[3 / 7, 1.0]]]], "float32")
    slope = gradient(lambda o: ops.sum(likelihood.log_prob(x, o)), outputs).ravel()
    step = 1e-2
    for index in range(slope.size):
        moved = []
        for sign in (1, -1):
            shifted = outputs.copy()
            shifted.reshape(-1)[index] += sign * step
            moved.append(numpy(likelihood.log_prob(x, shifted))[0])
        assert slope[index] == pytest.approx((moved[0] - moved[1]) / (2 * step), abs=2e-2, rel=2e-2)


@pytest.mark.parametrize("name", NAMES)
def test_compiled_equals_eager(build, rng, compiled, numpy, name):
    data = spec()
    likelihood = build("likelihood", name, data=data)
    outputs = ops.convert_to_tensor(some_outputs(likelihood, data, rng))
    x = rng.integers(0, 2, (2, *data.shape)).astype("float32")
    for fn in (lambda o: likelihood.log_prob(x, o), likelihood.mean):
        np.testing.assert_allclose(
            numpy(compiled(fn)(outputs)), numpy(fn(outputs)), rtol=1e-4, atol=1e-5
        )
    drawn = compiled(lambda o: likelihood.sample(o, 3))(outputs)
    assert np.isfinite(numpy(drawn)).all()


@pytest.mark.parametrize("name", NAMES)
def test_half_precision_outputs_give_float32(build, rng, numpy, mixed_float16, name):
    data = spec()
    likelihood = build("likelihood", name, data=data)
    outputs = some_outputs(likelihood, data, rng).astype("float16")
    x = rng.integers(0, 2, (2, *data.shape)).astype("float32")
    for array in (
        likelihood.log_prob(x, outputs),
        likelihood.mean(outputs),
        likelihood.sample(outputs, 1),
    ):
        assert keras.backend.standardize_dtype(array.dtype) == "float32"
        assert np.isfinite(numpy(array)).all()


def test_a_learned_laplace_scale_learns_and_has_a_name(build, gradient, at_value, rng, numpy):
    data = spec("vector", (3,), value_range=None)
    likelihood = build("likelihood", "laplace", data=data, params={"scale": 0.5, "learned": True})
    assert [v.path for v in likelihood.trainable_variables] == ["likelihood/log_scale"]
    x = rng.laplace(scale=0.5, size=(20_000, 3)).astype("float32")

    def log_prob(value):
        return at_value(
            likelihood.log_scale, value, lambda: ops.mean(likelihood.log_prob(x, 0.0 * x))
        )

    start = float(numpy(likelihood.log_scale))
    assert start == pytest.approx(math.log(0.5), abs=1e-3)
    assert float(gradient(log_prob, start)) == pytest.approx(0.0, abs=0.05)  # at the optimum
    assert float(gradient(log_prob, start + 1)) < -1
    assert np.isfinite(gradient(log_prob, -1e3))


@pytest.mark.parametrize("value_range", [(-1.0, 1.0), (0.0, 255.0), None])
def test_bernoulli_refuses_data_outside_its_range(build, value_range):
    with pytest.raises(ValueError, match=r"takes data in \[0, 1\]"):
        build("likelihood", "bernoulli", data=spec(value_range=value_range))


def test_the_mixture_refuses_unbounded_data(build):
    with pytest.raises(ValueError, match="finite value range"):
        build("likelihood", "discretized_logistic_mixture", data=spec(value_range=None))


@pytest.mark.parametrize("name", CONTINUOUS)
def test_an_activation_that_needs_a_range_is_refused_without_one(build, name):
    data = spec(value_range=None)
    with pytest.raises(ValueError, match='activation = "linear"'):
        build("likelihood", name, data=data, params={"activation": "sigmoid"})


def test_each_says_which_values_it_takes(build):
    support = {
        name: build("likelihood", name, data=spec(value_range=(0.0, 1.0))).support for name in NAMES
    }
    assert support == {
        "bernoulli": (0.0, 1.0),
        "gaussian": None,
        "gaussian_optimal_variance": None,
        "laplace": None,
        "discretized_logistic_mixture": (0.0, 1.0),
    }
