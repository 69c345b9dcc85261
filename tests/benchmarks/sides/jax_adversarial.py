"""JAX's side of the VAE-GAN: one jitted step, one forward pass, two optax optimizers."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

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
from tests.benchmarks.sides.examples import Order, as_floats
from tests.benchmarks.sides.jax_loop import Doubling, bound, convolution, decode, own_doubling
from tests.benchmarks.sides.networks import LEARNING_RATE, count


def score(w: Any, x: Any) -> Any:
    """A score for each patch (B, h, w, 1) of images in [0, 1]."""
    h = 2.0 * x - 1.0
    for index in range(len(CRITIC)):
        h = convolution(h, w[f"critic_{index}_kernel"], 2) + w[f"critic_{index}_bias"]
        h = jax.nn.leaky_relu(h, SLOPE)
    return convolution(h, w["score_kernel"], 1) + w["score_bias"]


class JaxAdversarialLoop(Kept):
    """A VAE-GAN in a loop of jitted steps that give their buffers away.

    Both players are updated from one forward pass, in which the critic sees every image once.

    Args:
        values: the examples, uint8.
        doubling: the transposed convolution.
    """

    def __init__(self, values: np.ndarray, *, doubling: Doubling = own_doubling) -> None:
        super().__init__()
        first, critic_first = both_weights()
        self.weights = count(first) + count(critic_first)
        self.batch_size = NETWORK.batch_size
        self._values = as_floats(values)
        self._order = Order(len(values), self.batch_size)
        self.steps = self._order.steps
        optimizer = optax.adam(LEARNING_RATE)
        critic_optimizer = optax.adam(CRITIC_RATE, b1=CRITIC_BETA)
        w, c = jax.tree.map(jnp.array, (first, critic_first))
        self._state = (w, c, optimizer.init(w), critic_optimizer.init(c), jax.random.key(0))

        def losses(both: Any, x: Any, key: Any) -> Any:
            w, c = both
            noise, draws = jax.random.split(key)
            own, logits = bound(w, NETWORK, x, noise, doubling)
            z = jax.random.normal(draws, (len(x), NETWORK.latent))
            fakes = jnp.concatenate([logits, decode(w, NETWORK, z, doubling)])
            scores = score(c, jnp.concatenate([x, jax.nn.sigmoid(fakes)]))
            real, fake = scores[: len(x)], scores[len(x) :]
            critic = jax.nn.relu(1.0 - real).mean() + jax.nn.relu(1.0 + fake).mean()
            return (own - WEIGHT * fake.mean(), critic), own

        @partial(jax.jit, donate_argnums=0)
        def step(state: Any, x: Any) -> Any:
            w, c, moments, critic_moments, key = state
            key, noise = jax.random.split(key)
            (_, critic), pull_back, own = jax.vjp(
                lambda both: losses(both, x, noise), (w, c), has_aux=True
            )
            ((gradients, _),) = pull_back((jnp.ones(()), jnp.zeros(())))
            ((_, critic_gradients),) = pull_back((jnp.zeros(()), jnp.ones(())))
            updates, moments = optimizer.update(gradients, moments, w)
            critic_updates, critic_moments = critic_optimizer.update(
                critic_gradients, critic_moments, c
            )
            w, c = optax.apply_updates(w, updates), optax.apply_updates(c, critic_updates)
            return (w, c, moments, critic_moments, key), (own, critic)

        self._step = step

    def train(self, epochs: int) -> list[float]:
        """The VAE's mean loss of each epoch, without the critic's opinion."""
        means = []
        for _ in range(epochs):
            losses = []
            for at in self._order.epoch():
                self._state, pair = self._step(self._state, self._values[at])
                losses.append(pair)
            bounds, critics = np.array(jax.device_get(losses)).T
            means.append(self.close(bounds, critics))
        jax.block_until_ready(self._state)
        return means
