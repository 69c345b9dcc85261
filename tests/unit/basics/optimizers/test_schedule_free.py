"""Schedule-free AdamW against two implementations by hand in numpy."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

import vaereg
from vaereg.basics.optimizers.declared import ScheduleFreeParams
from vaereg.basics.optimizers.schedule_free import ScheduleFree

TARGET = np.array([1.0, -2.0, 0.5])
START = np.array([0.0, 1.0, -1.0])
STEPS = 12


def gradient_at(y):
    return (y - TARGET) * np.array([1.0, 0.5, 3.0])


def by_the_paper(rate, *, beta_1, beta_2, epsilon, warmup_steps, weight_decay):
    """x and y after some steps, float64, as algorithm 1 of arXiv:2405.15682 states them."""
    z, x, v, squares = START.copy(), START.copy(), np.zeros_like(START), []
    for t in range(1, STEPS + 1):
        y = (1 - beta_1) * z + beta_1 * x
        g = gradient_at(y)
        v = beta_2 * v + (1 - beta_2) * g**2
        gamma = rate * np.sqrt(1 - beta_2**t) * min(1.0, t / warmup_steps if warmup_steps else 1.0)
        z = z - gamma * g / (np.sqrt(v) + epsilon) - gamma * weight_decay * y
        squares.append(gamma**2)
        c = gamma**2 / sum(squares)
        x = (1 - c) * x + c * z
    return x, (1 - beta_1) * z + beta_1 * x


def without_x(
    rates, *, beta_1, beta_2, epsilon, warmup_steps, weight_decay, rate_power, step_power
):
    """The same as facebookresearch/schedule_free computes it: y moves, and x is never kept."""
    y, z, v = START.copy(), START.copy(), np.zeros_like(START)
    greatest, total = 0.0, 0.0
    for k, rate in enumerate(rates):
        g = gradient_at(y)
        warmed = (k + 1) / warmup_steps if k < warmup_steps else 1.0
        gamma = rate * warmed * np.sqrt(1 - beta_2 ** (k + 1))
        greatest = max(greatest, gamma)
        weight = (k + 1) ** step_power * greatest**rate_power
        total += weight
        c = weight / total if total else 0.0
        v = beta_2 * v + (1 - beta_2) * g**2
        direction = g / (np.sqrt(v) + epsilon) + weight_decay * y
        y = y + c * (z - y) + gamma * (beta_1 * (1 - c) - 1) * direction
        z = z - gamma * direction
    return y + (1 - 1 / beta_1) * (z - y), y


def ours(rates, **params):
    """x and y of the optimizer."""
    optimizer = ScheduleFree(
        ScheduleFreeParams(learning_rate=0.05, **params), vaereg.BuildContext(name="mine")
    )
    weight = keras.Variable(START.astype("float32"), name="weight")
    for rate in rates:
        optimizer.learning_rate = rate
        y = ops.convert_to_numpy(weight.value)
        optimizer.apply([ops.convert_to_tensor(gradient_at(y).astype("float32"))], [weight])
    (average,) = optimizer.evaluation_weights([weight])
    return ops.convert_to_numpy(average), ops.convert_to_numpy(weight.value)


def require_equal(found, due):
    for one, other in zip(found, due, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=2e-6)


@pytest.mark.parametrize(("warmup", "decay", "beta_1"), [(0, 0.0, 0.9), (5, 0.3, 0.6)])
def test_its_weights_and_averages_are_those_of_the_paper(warmup, decay, beta_1):
    given = {
        "beta_1": beta_1,
        "beta_2": 0.95,
        "epsilon": 1e-8,
        "warmup_steps": warmup,
        "weight_decay": decay,
    }
    x, y = due = by_the_paper(0.05, **given)

    require_equal(ours([0.05] * STEPS, **given), due)
    require_equal(without_x([0.05] * STEPS, **given, rate_power=2.0, step_power=0.0), due)
    assert not np.allclose(x, y, atol=1e-3)


@pytest.mark.parametrize(
    ("rate_power", "step_power"),
    [(2.0, 0.0), (1.0, 0.75), pytest.param(0.0, 2.0, marks=pytest.mark.slow)],
)
def test_the_average_is_weighted_as_in_the_code_of_the_authors(rate_power, step_power):
    given = {
        "beta_1": 0.8,
        "beta_2": 0.9,
        "epsilon": 1e-3,
        "warmup_steps": 4,
        "weight_decay": 0.2,
        "rate_power": rate_power,
        "step_power": step_power,
    }
    rises_and_falls = [0.05] * 6 + [0.02, 0.01, 0.005, 0.0, 0.03, 0.08]
    plain = without_x(rises_and_falls, **{**given, "rate_power": 2.0, "step_power": 0.0})

    found = ours(rises_and_falls, **given)

    require_equal(found, without_x(rises_and_falls, **given))
    assert (rate_power, step_power) == (2.0, 0.0) or not np.allclose(found[0], plain[0], atol=1e-4)


def test_a_rate_of_zero_moves_nothing():
    x, y = ours([0.0, 0.0])

    np.testing.assert_array_equal(x, START)
    np.testing.assert_array_equal(y, START)
