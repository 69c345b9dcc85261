"""`vaereg.gradient` on JAX."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import keras
from keras.src.backend.common.stateless_scope import get_stateless_scope

from vaereg.contracts.tensor import Tensor


def gradient(fn: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """See `vaereg.gradient`."""
    x = keras.ops.convert_to_tensor(x)
    outer = get_stateless_scope()
    if outer is None:
        return jax.grad(lambda value: jnp.sum(fn(value)))(x)

    # Variables that `fn` updates (a dropout seed, say) would leave the inner trace as leaked
    # tracers, so it runs in a scope of its own whose changes are returned as values.
    def inner(value: Tensor) -> tuple[Tensor, dict[int, Tensor]]:
        with keras.StatelessScope() as scope:
            scope.state_mapping = dict(outer.state_mapping)
            total = jnp.sum(fn(value))
            changed = {
                key: new
                for key, new in scope.state_mapping.items()
                if outer.state_mapping.get(key) is not new
            }
        return total, changed

    result, changed = jax.grad(inner, has_aux=True)(x)
    outer.state_mapping.update(changed)
    return result
