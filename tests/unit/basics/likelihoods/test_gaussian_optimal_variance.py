import math

import keras
import numpy as np
import pytest
from keras import ops
from scipy import stats

import vaereg

DATA = vaereg.DataSpec(form="vector", shape=(6,), value_range=None)


@pytest.fixture
def batch(rng):
    x, outputs = rng.normal(size=(2, 8, 6)).astype("float32")
    return x, outputs


def make(build, **params):
    return build("likelihood", "gaussian_optimal_variance", data=DATA, params=params)


def test_in_training_it_is_the_gaussian_with_the_variance_of_the_batch(build, batch, numpy):
    x, outputs = batch
    sigma = np.sqrt(np.mean((x - outputs) ** 2))
    expected = stats.norm.logpdf(x, outputs, sigma).sum(-1)
    np.testing.assert_allclose(
        numpy(make(build).log_prob(x, outputs, training=True)), expected, rtol=1e-5
    )


def test_no_other_variance_is_better(build, batch, numpy):
    x, outputs = batch
    best = numpy(make(build).log_prob(x, outputs, training=True)).mean()
    for sigma in np.geomspace(0.3, 5, 30):
        assert stats.norm.logpdf(x, outputs, sigma).sum(-1).mean() <= best + 1e-5


def test_its_gradient_is_that_of_half_d_log_mse(build, batch, gradient):
    x, outputs = batch
    likelihood = make(build)
    ours = gradient(lambda o: -ops.mean(likelihood.log_prob(x, o, training=True)), outputs)
    x = ops.convert_to_tensor(x)
    theirs = gradient(lambda o: 3.0 * ops.log(ops.mean(ops.square(x - o))), outputs)  # D = 6
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def test_the_loss_does_not_scale_with_the_batch(build, batch, numpy):
    x, outputs = batch
    likelihood = make(build)
    once = numpy(likelihood.log_prob(x, outputs, training=True)).mean()
    twice = numpy(
        likelihood.log_prob(np.tile(x, (2, 1)), np.tile(outputs, (2, 1)), training=True)
    ).mean()
    assert twice == pytest.approx(once, rel=1e-5)


def test_outside_training_it_uses_the_bias_corrected_running_average(build, batch, numpy):
    x, outputs = batch
    likelihood = make(build, momentum=0.9)
    average = weight = 0.0
    for scale in (1.0, 2.0, 0.5):
        likelihood.log_prob(scale * x, scale * outputs, training=True)
        average = 0.9 * average + 0.1 * np.mean((scale * (x - outputs)) ** 2)
        weight = 0.9 * weight + 0.1
        variance = average / weight
        assert float(numpy(likelihood.variance())) == pytest.approx(variance, rel=1e-4)
    expected = stats.norm.logpdf(x, outputs, math.sqrt(variance)).sum(-1)
    np.testing.assert_allclose(numpy(likelihood.log_prob(x, outputs)), expected, rtol=1e-4)


def test_validation_does_not_move_the_average(build, batch, numpy):
    x, outputs = batch
    likelihood = make(build)
    likelihood.log_prob(x, outputs, training=True)
    before = [numpy(v) for v in likelihood.variables]
    likelihood.log_prob(5 * x, outputs)
    likelihood.sample(outputs, 1)
    assert [numpy(v) for v in likelihood.variables] == before


@pytest.mark.parametrize(("value_range", "variance"), [(None, 1.0), ((0.0, 6.0), 3.0)])
def test_before_training_the_variance_is_that_of_the_range(build, numpy, value_range, variance):
    data = vaereg.DataSpec(form="vector", shape=(6,), value_range=value_range)
    likelihood = build("likelihood", "gaussian_optimal_variance", data=data)
    assert float(numpy(likelihood.variance())) == pytest.approx(variance)


def test_a_perfect_reconstruction_stops_at_the_floor_with_a_finite_gradient(
    build, batch, numpy, gradient
):
    x, _ = batch
    likelihood = make(build, min_log_sigma=-3.0)
    expected = 6 * (3.0 - 0.5 * math.log(2 * math.pi))
    for training in (True, False):
        log_prob = likelihood.log_prob(x, x, training=training)
        np.testing.assert_allclose(numpy(log_prob), expected, rtol=1e-5)
    near = x + 1e-3
    slope = gradient(lambda o: ops.sum(likelihood.log_prob(x, o, training=True)), near)
    np.testing.assert_allclose(slope, (x - near) * math.exp(6), rtol=1e-3)  # still pulls


def test_samples_have_the_running_variance(build, batch, numpy):
    x, outputs = batch
    likelihood = make(build)
    likelihood.log_prob(x, outputs, training=True)
    sigma = np.sqrt(np.mean((x - outputs) ** 2))
    draws = numpy(likelihood.sample(np.zeros((2000, 6), "float32"), 1)).ravel()
    assert stats.kstest(draws, stats.norm(0, sigma).cdf).pvalue > 1e-3


def test_its_state_is_named_and_not_trained(build):
    likelihood = make(build)
    assert [v.path for v in likelihood.non_trainable_variables] == [
        "likelihood/average_variance",
        "likelihood/average_weight",
    ]
    assert not likelihood.trainable_variables


def test_the_average_moves_inside_a_compiled_step(build, batch, compiled, numpy):
    x, outputs = batch
    likelihood = make(build)
    state = [ops.convert_to_tensor(v) for v in likelihood.non_trainable_variables]

    def step(state, outputs):
        pairs = list(zip(likelihood.non_trainable_variables, state, strict=True))
        with keras.StatelessScope(state_mapping=pairs) as scope:
            log_prob = likelihood.log_prob(x, outputs, training=True)
        return log_prob, [scope.get_current_value(v) for v, _ in pairs]

    log_prob, state = compiled(step)(state, ops.convert_to_tensor(outputs))
    np.testing.assert_allclose(
        numpy(log_prob), numpy(likelihood.log_prob(x, outputs, training=True)), rtol=1e-5
    )
    np.testing.assert_allclose(
        [numpy(s) for s in state], [numpy(v) for v in likelihood.variables], rtol=1e-5
    )
