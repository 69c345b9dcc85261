"""TensorFlow's side: the loop that one writes by hand, a `tf.function` a step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tests.benchmarks.sides.examples import Order, as_floats
from tests.benchmarks.sides.networks import LEARNING_RATE, Network, Weights, count


def encode(w: dict[str, Any], network: Network, x: Any) -> tuple[Any, Any]:
    """Mean and log-variance of the posterior (B, latent)."""
    for index in range(len(network.widths)):
        kernel, bias = w[f"encoder_{index}_kernel"], w[f"encoder_{index}_bias"]
        if network.convolutional:
            x = tf.nn.relu(tf.nn.conv2d(x, kernel, 2, "SAME") + bias)
        else:
            x = tf.nn.relu(tf.reshape(x, (-1, kernel.shape[0])) @ kernel + bias)
    flat = tf.reshape(x, (-1, w["mean_kernel"].shape[0]))
    return flat @ w["mean_kernel"] + w["mean_bias"], flat @ w["log_var_kernel"] + w["log_var_bias"]


def decode(w: dict[str, Any], network: Network, z: Any) -> Any:
    """Logits (B, *shape)."""
    if not network.convolutional:
        for index in range(len(network.widths)):
            z = tf.nn.relu(z @ w[f"decoder_{index}_kernel"] + w[f"decoder_{index}_bias"])
        return tf.reshape(z @ w["outputs_kernel"] + w["outputs_bias"], (-1, *network.shape))
    h = tf.nn.relu(z @ w["from_latent_kernel"] + w["from_latent_bias"])
    h = tf.reshape(h, (-1, *network.grid))
    for index in range(len(network.widths)):
        kernel, bias = w[f"decoder_{index}_kernel"], w[f"decoder_{index}_bias"]
        batch, height, width, _ = h.shape
        size = (batch, 2 * height, 2 * width, kernel.shape[2])
        h = tf.nn.relu(tf.nn.conv2d_transpose(h, kernel, size, 2, "SAME") + bias)
    return tf.nn.conv2d(h, w["outputs_kernel"], 1, "SAME") + w["outputs_bias"]


def bound(w: dict[str, Any], network: Network, x: Any) -> tuple[Any, Any]:
    """-ELBO, averaged over the batch, and the logits of the reconstructions."""
    mean, log_var = encode(w, network, x)
    z = mean + tf.exp(0.5 * log_var) * tf.random.normal((network.batch_size, network.latent))
    logits = decode(w, network, z)
    cross_entropy = tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=logits)
    reconstruction = tf.reduce_sum(tf.reshape(cross_entropy, (network.batch_size, -1)), axis=1)
    kl = 0.5 * tf.reduce_sum(mean**2 + tf.exp(log_var) - 1.0 - log_var, axis=1)
    return tf.reduce_mean(reconstruction + kl), logits


class OneKernelAdam:
    """Adam by TensorFlow's own kernel, which Keras's optimizer does not use."""

    def __init__(
        self, variables: Sequence[Any], rate: float = LEARNING_RATE, beta: float = 0.9
    ) -> None:
        self._rate, self._beta = rate, beta
        self._moments = [
            (tf.Variable(tf.zeros_like(v)), tf.Variable(tf.zeros_like(v))) for v in variables
        ]
        self._powers = tf.Variable(beta), tf.Variable(0.999)

    def apply_gradients(self, pairs: Any) -> None:
        """Updates each variable by its gradient."""
        one, two = self._powers
        for (gradient, variable), (m, v) in zip(pairs, self._moments, strict=True):
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle, m=m.handle, v=v.handle, beta1_power=one, beta2_power=two,
                lr=self._rate, beta1=self._beta, beta2=0.999, epsilon=1e-7, grad=gradient,
            )  # fmt: skip  # arguments as the formula has them
        one.assign(one * self._beta)
        two.assign(two * 0.999)


class TensorFlowLoop:
    """A VAE in a loop of `tf.function` steps.

    Args:
        network: what is trained.
        values: the examples, uint8.
        first: the weights to begin with.
        pipeline: batches come from tf.data, instead of slices of a NumPy array.
        one_kernel: Adam by TensorFlow's own kernel, instead of keras.optimizers.Adam.
    """

    def __init__(
        self,
        network: Network,
        values: np.ndarray,
        first: Weights,
        *,
        pipeline: bool = False,
        one_kernel: bool = False,
    ) -> None:
        self.weights, self.batch_size = count(first), network.batch_size
        self.batches, self.steps = feed(as_floats(values), network.batch_size, pipeline)
        w = {name: tf.Variable(value) for name, value in first.items()}
        variables = list(w.values())
        optimizer = OneKernelAdam(variables) if one_kernel else keras.optimizers.Adam(LEARNING_RATE)

        @tf.function
        def step(x: Any) -> Any:
            with tf.GradientTape() as tape:
                loss, _ = bound(w, network, x)
            gradients = tape.gradient(loss, variables)
            optimizer.apply_gradients(zip(gradients, variables, strict=True))
            return loss

        self._step = step

    def train(self, epochs: int) -> list[float]:
        """The mean loss of each epoch, fetched at its end."""
        means = []
        for _ in range(epochs):
            losses = [self._step(x) for x in self.batches()]
            means.append(float(tf.reduce_mean(tf.stack(losses))))
        return means


def feed(
    values: np.ndarray, batch_size: int, pipeline: bool
) -> tuple[Callable[[], Iterator[Any]], int]:
    """What gives the batches of an epoch, and how many they are."""
    order = Order(len(values), batch_size)
    if not pipeline:
        return lambda: (tf.constant(values[at]) for at in order.epoch()), order.steps
    dataset = tf.data.Dataset.from_tensor_slices(values).shuffle(len(values))
    dataset = dataset.batch(batch_size, drop_remainder=True).prefetch(tf.data.AUTOTUNE)
    return lambda: iter(dataset), order.steps
