"""Keras's Adam on TensorFlow, which updates a variable in one operation instead of a dozen."""

from __future__ import annotations

import keras
import tensorflow as tf
from keras import ops

from vaereg.contracts.tensor import Tensor


class Adam(keras.optimizers.Adam):
    """Keras's Adam in one pass over each variable, equal up to rounding."""

    def update_step(
        self, gradient: Tensor, variable: keras.Variable | tf.Variable, learning_rate: Tensor
    ) -> None:
        """Updates a variable and its two moments (Kingma & Ba 2015, arXiv:1412.6980, sec. 2)."""
        dense = isinstance(gradient, tf.Tensor) and isinstance(variable, tf.Variable)
        if self.amsgrad or not dense:
            super().update_step(gradient, variable, learning_rate)
            return
        index = self._get_variable_index(variable)
        dtype = variable.dtype
        step = ops.cast(self.iterations + 1, dtype)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._momentums[index].value.handle,
            v=self._velocities[index].value.handle,
            beta1_power=tf.pow(tf.constant(self.beta_1, dtype), step),
            beta2_power=tf.pow(tf.constant(self.beta_2, dtype), step),
            lr=tf.cast(learning_rate, dtype),
            beta1=tf.constant(self.beta_1, dtype),
            beta2=tf.constant(self.beta_2, dtype),
            epsilon=tf.constant(self.epsilon, dtype),
            grad=tf.cast(gradient, dtype),
        )


class AdamW(Adam, keras.optimizers.AdamW):
    """Keras's AdamW, with the update of `Adam`."""


FASTER = {keras.optimizers.Adam: Adam, keras.optimizers.AdamW: AdamW}
"""Optimizers of Keras -> faster equivalents on this backend."""
