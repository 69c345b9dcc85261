"""TensorFlow's side of the VAE-GAN: one `tf.function` a step, one tape, two optimizers."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tests.benchmarks.sides.adversarial import (
    CRITIC,
    CRITIC_BETA,
    CRITIC_RATE,
    NETWORK,
    SLOPE,
    WEIGHT,
    Kept,
    both_weights,
)
from tests.benchmarks.sides.examples import as_floats
from tests.benchmarks.sides.networks import LEARNING_RATE, count
from tests.benchmarks.sides.tensorflow_loop import OneKernelAdam, bound, decode, feed


def score(w: dict[str, Any], x: Any) -> Any:
    """A score for each patch (B, h, w, 1) of images in [0, 1]."""
    h = 2.0 * x - 1.0
    for index in range(len(CRITIC)):
        kernel, bias = w[f"critic_{index}_kernel"], w[f"critic_{index}_bias"]
        h = tf.nn.leaky_relu(tf.nn.conv2d(h, kernel, 2, "SAME") + bias, SLOPE)
    return tf.nn.conv2d(h, w["score_kernel"], 1, "SAME") + w["score_bias"]


class TensorFlowAdversarialLoop(Kept):
    """A VAE-GAN in a loop of `tf.function` steps.

    Both players are updated from one forward pass, in which the critic sees every image once.

    Args:
        values: the examples, uint8.
        one_kernel: Adam by TensorFlow's own kernel, instead of keras.optimizers.Adam.
    """

    def __init__(self, values: np.ndarray, *, one_kernel: bool = False) -> None:
        super().__init__()
        first, critic_first = both_weights()
        self.weights = count(first) + count(critic_first)
        self.batch_size = NETWORK.batch_size
        self.batches, self.steps = feed(as_floats(values), self.batch_size, pipeline=False)
        w = {name: tf.Variable(value) for name, value in first.items()}
        c = {name: tf.Variable(value) for name, value in critic_first.items()}
        ours, theirs = list(w.values()), list(c.values())
        optimizer: Any
        critic_optimizer: Any
        if one_kernel:
            optimizer = OneKernelAdam(ours)
            critic_optimizer = OneKernelAdam(theirs, CRITIC_RATE, CRITIC_BETA)
        else:
            optimizer = keras.optimizers.Adam(LEARNING_RATE)
            critic_optimizer = keras.optimizers.Adam(CRITIC_RATE, CRITIC_BETA)

        @tf.function
        def step(x: Any) -> Any:
            with tf.GradientTape(persistent=True) as tape:
                own, logits = bound(w, NETWORK, x)
                z = tf.random.normal((NETWORK.batch_size, NETWORK.latent))
                fakes = tf.concat([logits, decode(w, NETWORK, z)], axis=0)
                scores = score(c, tf.concat([x, tf.sigmoid(fakes)], axis=0))
                real, fake = tf.split(scores, [len(x), 2 * len(x)])
                loss = own - WEIGHT * tf.reduce_mean(fake)
                critic = tf.reduce_mean(tf.nn.relu(1.0 - real))
                critic += tf.reduce_mean(tf.nn.relu(1.0 + fake))
            gradients = tape.gradient(loss, ours)
            critic_gradients = tape.gradient(critic, theirs)
            optimizer.apply_gradients(zip(gradients, ours, strict=True))
            critic_optimizer.apply_gradients(zip(critic_gradients, theirs, strict=True))
            return own, critic

        self._step = step

    def train(self, epochs: int) -> list[float]:
        """The VAE's mean loss of each epoch, without the critic's opinion."""
        means = []
        for _ in range(epochs):
            losses = [self._step(x) for x in self.batches()]
            bounds, critics = np.stack([tf.stack(pair) for pair in losses]).T
            means.append(self.close(bounds, critics))
        return means
