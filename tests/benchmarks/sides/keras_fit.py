"""Keras's side: a textbook VAE whose `train_step` stands in a keras.Model, trained by `fit`."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from tests.benchmarks.sides.examples import as_floats
from tests.benchmarks.sides.networks import LEARNING_RATE, Network, Weights

BACKEND = keras.backend.backend()


class Sampling(layers.Layer):
    """mean + exp(log_var / 2) eps."""

    def __init__(self) -> None:
        super().__init__()
        self.seed_generator = keras.random.SeedGenerator(0)

    def call(self, inputs: Any) -> Any:
        mean, log_var = inputs
        eps = keras.random.normal(ops.shape(mean), seed=self.seed_generator)
        return mean + ops.exp(0.5 * log_var) * eps


def encoder(network: Network) -> Any:
    """x -> mean, log_var, z."""
    x = inputs = keras.Input(network.shape)
    if not network.convolutional:
        x = layers.Flatten()(x)
    for width in network.widths:
        if network.convolutional:
            x = layers.Conv2D(width, 3, strides=2, padding="same", activation="relu")(x)
        else:
            x = layers.Dense(width, activation="relu")(x)
    x = layers.Flatten()(x)
    mean, log_var = layers.Dense(network.latent)(x), layers.Dense(network.latent)(x)
    return keras.Model(inputs, [mean, log_var, Sampling()([mean, log_var])])


def decoder(network: Network) -> Any:
    """z -> logits."""
    h = inputs = keras.Input((network.latent,))
    if not network.convolutional:
        for width in reversed(network.widths):
            h = layers.Dense(width, activation="relu")(h)
        h = layers.Dense(network.dimensions)(h)
        return keras.Model(inputs, layers.Reshape(network.shape)(h))
    height, width, channels = network.grid
    h = layers.Dense(height * width * channels, activation="relu")(h)
    h = layers.Reshape(network.grid)(h)
    for width in reversed(network.widths):
        h = layers.Conv2DTranspose(width, 4, strides=2, padding="same", activation="relu")(h)
    h = layers.Conv2D(network.shape[-1], 3, padding="same")(h)
    return keras.Model(inputs, h)


class TextbookVae(keras.Model):
    """As in Keras's own examples, with a train_step for each backend."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.encoder = encoder(network)
        self.decoder = decoder(network)
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction")
        self.kl_tracker = keras.metrics.Mean(name="kl")

    @property
    def metrics(self) -> list[Any]:
        return [self.loss_tracker, self.reconstruction_tracker, self.kl_tracker]

    def call(self, x: Any) -> Any:
        return self.decoder(self.encoder(x)[2])

    def losses_of(self, x: Any) -> tuple[Any, Any, Any]:
        """The loss and its two terms, averaged over the batch."""
        mean, log_var, z = self.encoder(x)
        logits = self.decoder(z)
        cross_entropy = keras.losses.binary_crossentropy(x, logits, from_logits=True)
        # Keras averages over the last axis; the sum over all of them is what the ELBO has
        axes = tuple(range(1, len(cross_entropy.shape)))
        total = ops.sum(cross_entropy, axis=axes) if axes else cross_entropy
        reconstruction = ops.mean(total) * x.shape[-1]
        kl = 0.5 * ops.sum(ops.square(mean) + ops.exp(log_var) - 1.0 - log_var, axis=1)
        kl = ops.mean(kl)
        return reconstruction + kl, reconstruction, kl

    def track(self, values: tuple[Any, ...]) -> dict[str, Any]:
        """Counts a batch in."""
        for metric, value in zip(self.metrics, values, strict=True):
            metric.update_state(value)
        return {metric.name: metric.result() for metric in self.metrics}


class TensorFlowVae(TextbookVae):
    """With TensorFlow's train_step."""

    def train_step(self, x: Any) -> dict[str, Any]:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            values = self.losses_of(x)
        gradients = tape.gradient(values[0], self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights, strict=True))
        return self.track(values)


class TorchVae(TextbookVae):
    """With PyTorch's train_step."""

    def train_step(self, x: Any) -> dict[str, Any]:
        import torch

        self.zero_grad()
        values = self.losses_of(x)
        values[0].backward()
        weights = list(self.trainable_weights)
        gradients = [weight.value.grad for weight in weights]
        with torch.no_grad():
            self.optimizer.apply(gradients, weights)
            return self.track(tuple(value.detach() for value in values))


class JaxVae(TextbookVae):
    """With JAX's train_step."""

    def train_step(self, state: Any, x: Any) -> tuple[dict[str, Any], Any]:
        import jax

        trainable, others, optimizer_state, metric_state = state

        def loss(trainable: Any) -> Any:
            values, changed = self.stateless_losses(trainable, others, x)
            return values[0], (values, changed)

        (_, (values, others)), gradients = jax.value_and_grad(loss, has_aux=True)(trainable)
        trainable, optimizer_state = self.optimizer.stateless_apply(
            optimizer_state, gradients, trainable
        )
        mapping = zip(self.metrics_variables, metric_state, strict=True)
        with keras.StatelessScope(mapping) as scope:
            logs = self.track(values)
            metric_state = [scope.get_current_value(v) for v in self.metrics_variables]
        return logs, (trainable, others, optimizer_state, metric_state)

    def stateless_losses(self, trainable: Any, others: Any, x: Any) -> tuple[Any, Any]:
        """`losses_of` as a function of the weights and the random state."""
        mapping = [
            *zip(self.trainable_variables, trainable, strict=True),
            *zip(self.non_trainable_variables, others, strict=True),
        ]
        with keras.StatelessScope(mapping) as scope:
            values = self.losses_of(x)
            return values, [scope.get_current_value(v) for v in self.non_trainable_variables]


MODELS = {"tensorflow": TensorFlowVae, "jax": JaxVae, "torch": TorchVae}


class KerasFit:
    """The textbook VAE under a plain `fit` of a NumPy array.

    Args:
        network: what is trained.
        values: the examples, uint8.
        first: the weights to begin with.
    """

    def __init__(self, network: Network, values: np.ndarray, first: Weights) -> None:
        self.batch_size = network.batch_size
        self.steps = len(values) // network.batch_size
        self._values = as_floats(values)[: self.steps * self.batch_size]
        self._model = MODELS[BACKEND](network)
        variables = self._model.trainable_variables
        for variable, value in zip(variables, first.values(), strict=True):
            variable.assign(value)
        self.weights = sum(int(np.prod(variable.shape)) for variable in variables)
        self._model.compile(optimizer=keras.optimizers.Adam(LEARNING_RATE))

    def train(self, epochs: int) -> list[float]:
        """The mean loss of each epoch."""
        found = self._model.fit(self._values, batch_size=self.batch_size, epochs=epochs, verbose=0)
        return [float(loss) for loss in found.history["loss"]]
