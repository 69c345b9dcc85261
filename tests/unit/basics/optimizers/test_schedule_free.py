"""Schedule-free AdamW against algorithm 1 of arXiv:2405.15682, written by hand in numpy."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

import vaereg
from vaereg.basics.optimizers.declared import ScheduleFreeParams
from vaereg.basics.optimizers.schedule_free import ScheduleFree

TARGET = np.array([1.0, -2.0, 0.5])


def by_hand(gradient_at, start, steps, *, rate, beta_1, beta_2, epsilon, warmup, decay):
    """x and y after some steps, float64, as the algorithm states them."""
    z, x, v, squares = start.copy(), start.copy(), np.zeros_like(start), []
    for t in range(1, steps + 1):
        y = (1 - beta_1) * z + beta_1 * x
        g = gradient_at(y)
        v = beta_2 * v + (1 - beta_2) * g**2
        gamma = rate * np.sqrt(1 - beta_2**t) * min(1.0, t / warmup if warmup else 1.0)
        z = z - gamma * g / (np.sqrt(v) + epsilon) - gamma * decay * y
        squares.append(gamma**2)
        c = gamma**2 / sum(squares)
        x = (1 - c) * x + c * z
    return x, (1 - beta_1) * z + beta_1 * x


@pytest.mark.parametrize(("warmup", "decay", "beta_1"), [(0, 0.0, 0.9), (5, 0.3, 0.6)])
def test_its_weights_and_averages_are_those_of_the_paper(warmup, decay, beta_1):
    params = ScheduleFreeParams(
        learning_rate=0.05, beta_1=beta_1, beta_2=0.95, warmup_steps=warmup, weight_decay=decay
    )
    optimizer = ScheduleFree(params, vaereg.BuildContext(name="mine"))
    start = np.array([0.0, 1.0, -1.0])
    weight = keras.Variable(start.astype("float32"), name="weight")

    def gradient_at(y):
        return (y - TARGET) * np.array([1.0, 0.5, 3.0])

    for _ in range(12):
        y = ops.convert_to_numpy(weight.value)
        optimizer.apply([ops.convert_to_tensor(gradient_at(y).astype("float32"))], [weight])
    x, y = by_hand(
        gradient_at,
        start,
        12,
        rate=0.05,
        beta_1=beta_1,
        beta_2=0.95,
        epsilon=1e-8,
        warmup=warmup,
        decay=decay,
    )

    (average,) = optimizer.evaluation_weights([weight])
    np.testing.assert_allclose(ops.convert_to_numpy(average), x, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(ops.convert_to_numpy(weight.value), y, rtol=1e-5, atol=1e-6)
    assert not np.allclose(x, y, atol=1e-3)
