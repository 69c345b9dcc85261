"""The penalty of a step, from a function and from a layer."""

from __future__ import annotations

from types import SimpleNamespace

import keras

from vaereg.contracts.regularizer import penalty

STEP = SimpleNamespace(x=3.0)


class Layer(keras.layers.Layer):
    """Keras would refuse a step as the input of a layer that it calls itself."""

    def call(self, step):
        return 2.0 * step.x


def test_a_callable_gets_the_step():
    assert penalty(lambda step: step.x, STEP) == 3.0


def test_the_call_of_a_layer_gets_the_step():
    assert penalty(Layer(), STEP) == 6.0
