"""`vaereg.gradient` on TensorFlow."""

from __future__ import annotations

from collections.abc import Callable

import keras
import tensorflow as tf

from vaereg.contracts.tensor import Tensor


def gradient(fn: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """See `vaereg.gradient`."""
    x = keras.ops.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = fn(x)
    return tape.gradient(value, x, unconnected_gradients=tf.UnconnectedGradients.ZERO)
