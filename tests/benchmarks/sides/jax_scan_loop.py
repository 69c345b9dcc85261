"""JAX's side with an epoch as one program: `lax.scan` over steps, data and order on the device."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from tests.benchmarks.sides.jax_loop import JaxLoop


class JaxScanLoop(JaxLoop):
    """The step of JaxLoop, with nothing between two steps that the device would wait for.

    It is what an expert writes for an accelerator. On a processor XLA runs convolutions inside of
    a loop on one thread.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._values = jnp.asarray(self._values)

        def epoch(w: Any, moments: Any, key: Any, values: Any, order: Any) -> Any:
            def body(carry: Any, at: Any) -> tuple[Any, Any]:
                *carry, loss = self._one_step(*carry, values[at])
                return tuple(carry), loss

            return lax.scan(body, (w, moments, key), order)

        self._scanned = jax.jit(epoch, donate_argnums=(0, 1, 2))

    def train(self, epochs: int) -> list[float]:
        """The mean loss of each epoch, fetched at its end."""
        means = []
        for _ in range(epochs):
            carry, losses = self._scanned(
                self._state, self._moments, self._key, self._values, self._order.epoch()
            )
            self._state, self._moments, self._key = carry
            means.append(float(losses.mean()))
        jax.block_until_ready((self._state, self._moments))
        return means
