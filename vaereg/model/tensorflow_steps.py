"""The TensorFlow train and test step: they only differentiate and apply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf


def gradient(fn: Callable[[Any], Any], x: Any) -> Any:
    """See `vaereg.gradient`."""
    x = keras.ops.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = fn(x)
    return tape.gradient(value, x, unconnected_gradients=tf.UnconnectedGradients.ZERO)


class BackendSteps:
    """Mixed into VAE."""

    def train_step(self: Any, data: Any) -> dict[str, Any]:
        """One update of every player; returns the running means of the logged terms."""
        x = self.examples(data)
        with tf.GradientTape(persistent=True) as tape:
            losses, logs = self.losses(x, training=True)
            scaled = {key: self.optimizer.scale_loss(loss) for key, loss in losses.items()}
        gradients = {
            key: tape.gradient(loss, [v.value for v in self.variables_of(key)])
            for key, loss in scaled.items()
        }
        updates, weights = self.route(gradients)
        self.optimizer.apply(updates, self.trainable_variables)
        self.after_update()
        return self.track(logs | weights, x)

    def test_step(self: Any, data: Any) -> dict[str, Any]:
        """The logged terms in inference mode, with noise of their own."""
        x = self.examples(data)
        _, logs = self.losses(x, training=False)
        return self.track(logs, x)
