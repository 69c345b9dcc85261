"""Weights move by seeded noise that fits their fan-in, as far as the component lets them."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

from tests.helpers.made_component import under_test
from vaereg.testing.cases import CASES
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.harness import Harness
from vaereg.testing.moved_weights import MOVED, NOISE, each_state, move_weights


class Wide(keras.layers.Layer):
    """An encoder with a large kernel, a vector, positive numbers and a moving average."""

    def __init__(self, params: Any, context: Any) -> None:
        super().__init__(name=context.name)
        self.kernel = self.add_weight(name="kernel", shape=(100, 2, 60), initializer="zeros")
        self.bias = self.add_weight(name="bias", shape=(4000,), initializer="ones")
        self.width = self.add_weight(
            name="width", shape=(50,), initializer="zeros", constraint=keras.constraints.NonNeg()
        )
        self.norm = keras.layers.BatchNormalization(name="norm")

    def call(self, x: Any, training: bool = False) -> Any:
        total = ops.sum(self.kernel) + ops.sum(self.bias) + ops.sum(self.width)
        return self.norm(ops.mean(x, axis=(2, 3)), training=training) * total


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> ComponentUnderTest:
    from tests.kit import faulty_layers

    monkeypatch.setattr(faulty_layers, "Wide", Wide, raising=False)
    return under_test("encoder", "faulty_layers:Wide")


def moved(made: ComponentUnderTest) -> Any:
    harness = Harness(made, CASES[0])
    assert move_weights(harness)
    return harness.object


def array(value: Any) -> np.ndarray:
    return np.array(ops.convert_to_numpy(value))


def test_the_noise_is_half_the_root_of_the_inverse_fan_in(made: ComponentUnderTest) -> None:
    layer = moved(made)
    for weight, first, fan_in in ((layer.kernel, 0.0, 200), (layer.bias, 1.0, 4000)):
        noise = array(weight) - first
        assert noise.std() == pytest.approx(NOISE / np.sqrt(fan_in), rel=0.05)
        assert abs(noise.mean()) < 5 * noise.std() / np.sqrt(noise.size)


def test_each_move_is_the_same(made: ComponentUnderTest) -> None:
    first, second = moved(made), moved(made)
    np.testing.assert_array_equal(array(first.kernel), array(second.kernel))


def test_a_constraint_holds_after_the_move(made: ComponentUnderTest) -> None:
    widths = array(moved(made).width)
    assert widths.min() == 0.0
    assert np.sum(widths == 0.0) < len(widths)


def test_statistics_that_training_gathers_move_too(made: ComponentUnderTest) -> None:
    assert np.any(array(moved(made).norm.moving_mean) != 0)


def test_there_is_a_second_state_only_where_there_are_weights(made: ComponentUnderTest) -> None:
    assert [where for _, where in each_state(made, CASES[0])] == ["", MOVED]
    without = under_test("prior", "faulty_distributions:SoundPrior")
    assert [where for _, where in each_state(without, CASES[0])] == [""]
