import itertools

import numpy as np
import pytest
from keras import ops
from scipy import integrate, stats
from scipy.special import expit, log_softmax, logsumexp

import vaereg
from vaereg.basics.likelihoods.clipped_logistic import clipped_logistic_mean


def make(build, shape, levels=256, form="image", components=3, value_range=(0.0, 1.0)):
    data = vaereg.DataSpec(form=form, shape=shape, levels=levels, value_range=value_range)
    return build(
        "likelihood", "discretized_logistic_mixture", data=data, params={"components": components}
    )


def some_outputs(likelihood, shape, rng, batch=1):
    size = (batch, *shape[:-1], likelihood.channels(shape[-1]))
    return (rng.normal(size=size) * 1.5).astype("float32")


def every_value(shape, levels, value_range=(0.0, 1.0)):
    """All data there can be, (levels^dimensions, *shape)."""
    low, high = value_range
    grid = low + np.arange(levels) / (levels - 1) * (high - low)
    count = int(np.prod(shape))
    return np.array(list(itertools.product(grid, repeat=count)), "float32").reshape(-1, *shape)


def second_implementation(x, outputs, components, levels):
    """log P of one position with C channels, straight from the definition, in float64."""
    count, channels = components, len(x)
    parts = np.split(outputs.astype("float64"), len(outputs) // count)
    means, raw = parts[1 : 1 + channels], parts[1 + channels : 1 + 2 * channels]
    coefficients = iter(np.tanh(parts[1 + 2 * channels :]))
    t, half = 2 * x.astype("float64") - 1, 1 / (levels - 1)
    total = log_softmax(parts[0])
    for c in range(channels):
        mean = means[c] + sum(next(coefficients) * t[j] for j in range(c))
        scale = np.exp(7 - np.logaddexp(0, 14 - np.logaddexp(0, raw[c] + 7)))  # the soft clip
        upper = np.ones(count) if t[c] > 1 - half else expit((t[c] + half - mean) / scale)
        lower = np.zeros(count) if t[c] < -1 + half else expit((t[c] - half - mean) / scale)
        total = total + np.log(upper - lower)
    return logsumexp(total)


@pytest.mark.parametrize(
    ("data_channels", "form", "expected"), [(1, "image", 9), (3, "image", 30), (5, "vector", 45)]
)
def test_the_channels_it_asks_for(build, data_channels, form, expected):
    shape = (data_channels,) if form == "vector" else (2, 2, data_channels)
    assert make(build, shape, form=form).channels(data_channels) == expected


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_it_is_the_second_implementation(build, rng, numpy, channels):
    likelihood = make(build, (1, 1, channels))
    outputs = some_outputs(likelihood, (1, 1, channels), rng, batch=20)
    x = (rng.integers(0, 256, (20, 1, 1, channels)) / 255).astype("float32")
    x[0], x[1] = 0.0, 1.0
    expected = [second_implementation(x[i, 0, 0], outputs[i, 0, 0], 3, 256) for i in range(len(x))]
    np.testing.assert_allclose(numpy(likelihood.log_prob(x, outputs)), expected, rtol=1e-4)


@pytest.mark.parametrize(
    ("form", "shape", "levels", "value_range"),
    [
        ("image", (1, 1, 1), 256, (0.0, 1.0)),
        ("image", (1, 1, 1), 2, (0.0, 1.0)),
        ("image", (1, 1, 2), 16, (-1.0, 1.0)),
        ("image", (1, 1, 3), 8, (0.0, 255.0)),
        ("image", (1, 2, 1), 16, (0.0, 1.0)),
        ("vector", (2,), 16, (0.0, 15.0)),
    ],
)
def test_probabilities_of_all_levels_sum_to_one(
    build, rng, numpy, form, shape, levels, value_range
):
    likelihood = make(build, shape, levels, form, value_range=value_range)
    x = every_value(shape, levels, value_range)
    for _ in range(3):
        outputs = np.repeat(some_outputs(likelihood, shape, rng), len(x), axis=0)
        total = np.exp(numpy(likelihood.log_prob(x, outputs))).sum()
        assert total == pytest.approx(1.0, abs=2e-5)


@pytest.mark.parametrize("form", ["image", "vector"])
def test_samples_follow_the_probabilities(build, rng, numpy, form):
    shape = (2,) if form == "vector" else (1, 1, 2)
    likelihood = make(build, shape, levels=4, form=form)
    outputs = some_outputs(likelihood, shape, rng)
    x = every_value(shape, 4)
    expected = np.exp(numpy(likelihood.log_prob(x, np.repeat(outputs, 16, axis=0))))
    draws = numpy(likelihood.sample(np.repeat(outputs, 20_000, axis=0), 1)).reshape(-1, 2)
    index = np.rint(draws * 3).astype(int) @ [4, 1]
    counts = np.bincount(index, minlength=16)
    seen = expected * 20_000 > 5  # the chi-square approximation needs that
    assert (
        stats.chisquare(
            counts[seen], expected[seen] / expected[seen].sum() * counts[seen].sum()
        ).pvalue
        > 1e-3
    )
    np.testing.assert_allclose(counts / 20_000, expected, atol=0.015)


@pytest.mark.parametrize("value_range", [(0.0, 1.0), (-1.0, 1.0), (0.0, 255.0)])
def test_samples_are_levels(build, rng, numpy, value_range):
    likelihood = make(build, (3, 3, 3), value_range=value_range)
    low, high = value_range
    draws = numpy(likelihood.sample(some_outputs(likelihood, (3, 3, 3), rng, 4), 1))
    index = (draws - low) / (high - low) * 255
    np.testing.assert_allclose(index, np.rint(index), atol=1e-3)
    assert draws.min() >= low
    assert draws.max() <= high


@pytest.mark.parametrize("levels", [2, 5, 32])
def test_the_mean_of_one_channel_is_exact_for_few_levels(build, rng, numpy, levels):
    likelihood = make(build, (1, 1, 1), levels)
    outputs = some_outputs(likelihood, (1, 1, 1), rng)
    x = every_value((1, 1, 1), levels)
    chance = np.exp(numpy(likelihood.log_prob(x, np.repeat(outputs, levels, axis=0))))
    expected = float(chance @ x.ravel())
    assert float(numpy(likelihood.mean(outputs)).item()) == pytest.approx(expected, abs=1e-5)


def test_the_mean_of_one_channel_is_within_half_a_level(build, rng, numpy):
    likelihood = make(build, (1, 1, 1))
    outputs = some_outputs(likelihood, (1, 1, 1), rng, batch=50)
    outputs[..., 6:] -= np.linspace(0, 9, 50)[:, None, None, None]  # down to the least scale
    x = every_value((1, 1, 1), 256)
    for row in outputs:
        chance = np.exp(numpy(likelihood.log_prob(x, np.repeat(row[None], 256, axis=0))))
        ours = float(numpy(likelihood.mean(row[None])).item())
        assert abs(ours - float(chance @ x.ravel())) < 0.5 / 255


@pytest.mark.parametrize("log_scale", [-7.0, -5.0, -3.0, 0.0, 5.0])
def test_the_closed_form_of_the_clipped_mean_is_its_integral(numpy, log_scale):
    t = np.linspace(-1, 1, 20_001)
    for mean in (-3.0, -0.99, 0.2, 1.0, 1.5):
        expected = integrate.trapezoid(expit((mean - t) / np.exp(log_scale)), t) - 1
        given = (ops.convert_to_tensor(value, "float32") for value in (mean, log_scale))
        assert float(numpy(clipped_logistic_mean(*given, 256))) == pytest.approx(expected, abs=1e-4)


def test_the_mean_of_dependent_channels_is_within_one_percent(build, rng, numpy):
    shape = (1, 1, 3)
    likelihood = make(build, shape, levels=24)
    x = every_value(shape, 24)
    for _ in range(8):
        outputs = some_outputs(likelihood, shape, rng)
        chance = np.exp(numpy(likelihood.log_prob(x, np.repeat(outputs, len(x), axis=0))))
        expected = chance @ x.reshape(-1, 3)
        np.testing.assert_allclose(numpy(likelihood.mean(outputs)).ravel(), expected, atol=0.01)


def test_columns_of_vectors_do_not_depend_on_each_other(build, rng, numpy):
    likelihood = make(build, (3,), levels=8, form="vector")
    outputs = some_outputs(likelihood, (3,), rng)
    values = np.array([[0, 0, 0], [1, 0, 0], [0, 0, 1], [1, 0, 1]], "float32")
    a, b, c, d = numpy(likelihood.log_prob(values, np.repeat(outputs, 4, axis=0)))
    assert d - c == pytest.approx(b - a, abs=1e-4)


def test_channels_of_images_depend_on_each_other(build, rng, numpy):
    likelihood = make(build, (1, 1, 2), levels=8)
    outputs = some_outputs(likelihood, (1, 1, 2), rng)
    values = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], "float32").reshape(4, 1, 1, 2)
    a, b, c, d = numpy(likelihood.log_prob(values, np.repeat(outputs, 4, axis=0)))
    assert abs((d - c) - (b - a)) > 0.05


def test_a_value_is_read_as_its_nearest_level(build, rng, numpy):
    likelihood = make(build, (2, 2, 1))
    outputs = some_outputs(likelihood, (2, 2, 1), rng)
    x = (rng.integers(0, 256, (1, 2, 2, 1)) / 255).astype("float32")
    near = np.clip(x + rng.uniform(-0.4, 0.4, x.shape) / 255, 0, 1).astype("float32")
    assert np.array_equal(
        numpy(likelihood.log_prob(x, outputs)), numpy(likelihood.log_prob(near, outputs))
    )


def test_data_without_known_levels_is_read_as_8_bit(build):
    assert make(build, (2, 2, 1), levels=None).levels == 256


def test_a_single_level_is_refused(build):
    with pytest.raises(ValueError, match="at least 2 levels"):
        make(build, (2, 2, 1), levels=1)
