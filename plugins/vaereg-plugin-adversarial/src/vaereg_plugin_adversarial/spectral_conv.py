"""A convolution whose kernel has spectral norm 1."""

from __future__ import annotations

from collections.abc import Sequence

from keras import ops

import vaereg
from vaereg_plugin_adversarial.critic_conv import CriticConv2D

TINY = 1e-12


class SpectralConv2D(CriticConv2D):
    """Conv2D with kernel W / sigma(W), where W is a (height·width·in, out) matrix.

    sigma is estimated by one step of power iteration in each training call, starting from the last
    estimate (Miyato et al. 2018, arXiv:1802.05957, algorithm 1). Keras's own SpectralNormalization
    assigns the quotient to the kernel, which the optimizer then updates; here the kernel is
    unchanged, and the gradient passes through the quotient.
    """

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates the kernel, the bias and the initial vector of the power iteration."""
        super().build(input_shape)
        self.direction = self.add_weight(
            name="direction",
            shape=(self.filters,),
            initializer="random_normal",
            dtype="float32",
            trainable=False,
            autocast=False,
        )

    def call(self, inputs: vaereg.Tensor, training: bool = False) -> vaereg.Tensor:
        """The convolution; only a training call updates the estimate."""
        kernel = ops.cast(self.kernel, "float32")
        matrix = ops.reshape(kernel, (-1, self.filters))
        fixed = ops.stop_gradient(matrix)
        left = _unit(ops.matmul(fixed, self.direction.value))
        right = _unit(ops.matmul(left, fixed))
        if training:
            self.direction.assign(right)
        sigma = ops.sum(left * ops.matmul(matrix, right))
        normal = ops.cast(kernel / ops.maximum(sigma, TINY), self.compute_dtype)
        outputs = self.convolution_op(inputs, normal) + ops.cast(self.bias, self.compute_dtype)
        return self.activation(outputs)


def _unit(vector: vaereg.Tensor) -> vaereg.Tensor:
    return vector / ops.sqrt(ops.sum(ops.square(vector)) + TINY)
