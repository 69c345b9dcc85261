"""JAX's side: the loop that one writes by hand, a jitted step with optax's Adam."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax

from tests.benchmarks.sides.examples import Order, as_floats
from tests.benchmarks.sides.networks import LEARNING_RATE, Network, Weights, count

LAYOUT = ("NHWC", "HWIO", "NHWC")

Doubling = Callable[[Any, Any], Any]
"""A transposed convolution of stride 2, of features and a kernel (k, k, outputs, inputs)."""


def convolution(x: Any, kernel: Any, stride: int) -> Any:
    """A convolution with "same" padding."""
    return lax.conv_general_dilated(x, kernel, (stride,) * 2, "SAME", dimension_numbers=LAYOUT)


def own_doubling(x: Any, kernel: Any) -> Any:
    """JAX's own transposed convolution."""
    return lax.conv_transpose(
        x, kernel, (2, 2), "SAME", dimension_numbers=LAYOUT, transpose_kernel=True
    )


def fast_doubling(x: Any, kernel: Any) -> Any:
    """vaereg's formulation of the same."""
    from vaereg.basics.kernels.jax_transposed_convolution import transposed_convolution

    return transposed_convolution(x, kernel)


def encode(w: Any, network: Network, x: Any) -> tuple[Any, Any]:
    """Mean and log-variance of the posterior (B, latent)."""
    x = x.astype(w["encoder_0_kernel"].dtype)
    for index in range(len(network.widths)):
        kernel, bias = w[f"encoder_{index}_kernel"], w[f"encoder_{index}_bias"]
        if network.convolutional:
            x = jax.nn.relu(convolution(x, kernel, 2) + bias)
        else:
            x = jax.nn.relu(x.reshape(-1, kernel.shape[0]) @ kernel + bias)
    flat = x.reshape(-1, w["mean_kernel"].shape[0]).astype(w["mean_kernel"].dtype)
    return flat @ w["mean_kernel"] + w["mean_bias"], flat @ w["log_var_kernel"] + w["log_var_bias"]


def decode(w: Any, network: Network, z: Any, doubling: Doubling) -> Any:
    """Logits (B, *shape)."""
    if not network.convolutional:
        for index in range(len(network.widths)):
            z = jax.nn.relu(z @ w[f"decoder_{index}_kernel"] + w[f"decoder_{index}_bias"])
        return (z @ w["outputs_kernel"] + w["outputs_bias"]).reshape(-1, *network.shape)
    z = z.astype(w["from_latent_kernel"].dtype)
    h = jax.nn.relu(z @ w["from_latent_kernel"] + w["from_latent_bias"])
    h = h.reshape(-1, *network.grid)
    for index in range(len(network.widths)):
        h = doubling(h, w[f"decoder_{index}_kernel"]) + w[f"decoder_{index}_bias"]
        h = jax.nn.relu(h)
    h = h.astype(w["outputs_kernel"].dtype)
    return convolution(h, w["outputs_kernel"], 1) + w["outputs_bias"]


def in_bfloat16(w: Any) -> Any:
    """The weights as mixed precision uses them: heads and outputs stay in float32, as vaereg's."""
    return {
        name: value
        if name.startswith(("mean_", "log_var_", "outputs_"))
        else value.astype(jnp.bfloat16)
        for name, value in w.items()
    }


def bound(w: Any, network: Network, x: Any, key: Any, doubling: Doubling) -> tuple[Any, Any]:
    """-ELBO, averaged over the batch, and the logits of the reconstructions."""
    mean, log_var = encode(w, network, x)
    z = mean + jnp.exp(0.5 * log_var) * jax.random.normal(key, mean.shape)
    logits = decode(w, network, z, doubling)
    cross_entropy = optax.sigmoid_binary_cross_entropy(logits, x)
    reconstruction = cross_entropy.reshape(x.shape[0], -1).sum(axis=1)
    kl = 0.5 * (mean**2 + jnp.exp(log_var) - 1.0 - log_var).sum(axis=1)
    return (reconstruction + kl).mean(), logits


class JaxLoop:
    """A VAE in a loop of jitted steps that give their buffers away.

    Args:
        network: what is trained.
        values: the examples, uint8.
        first: the weights to begin with.
        doubling: the transposed convolution, where the network has any.
        bfloat16: whether the hidden layers compute in it; the weights are kept in float32.
    """

    def __init__(
        self,
        network: Network,
        values: np.ndarray,
        first: Weights,
        *,
        doubling: Doubling = own_doubling,
        bfloat16: bool = False,
    ) -> None:
        self.weights, self.batch_size = count(first), network.batch_size
        self._values = as_floats(values)
        self._order = Order(len(values), network.batch_size)
        self.steps = self._order.steps
        self._state = jax.tree.map(jnp.array, first)
        optimizer = optax.adam(LEARNING_RATE)
        self._moments = optimizer.init(self._state)
        self._key = jax.random.key(0)

        def loss_of(w: Any, x: Any, noise: Any) -> Any:
            used = in_bfloat16(w) if bfloat16 else w
            return bound(used, network, x, noise, doubling)[0]

        def step(w: Any, moments: Any, key: Any, x: Any) -> Any:
            key, noise = jax.random.split(key)
            loss, gradients = jax.value_and_grad(loss_of)(w, x, noise)
            updates, moments = optimizer.update(gradients, moments, w)
            return optax.apply_updates(w, updates), moments, key, loss

        self._one_step = step
        self._step = jax.jit(step, donate_argnums=(0, 1, 2))

    def train(self, epochs: int) -> list[float]:
        """The mean loss of each epoch, fetched at its end."""
        means = []
        for _ in range(epochs):
            losses = []
            for at in self._order.epoch():
                self._state, self._moments, self._key, loss = self._step(
                    self._state, self._moments, self._key, self._values[at]
                )
                losses.append(loss)
            means.append(float(np.mean(jax.device_get(losses))))
        jax.block_until_ready((self._state, self._moments))
        return means
