"""Training on JAX."""

from contextlib import AbstractContextManager, nullcontext

from vaereg.model.backends.jax.inner_gradient import gradient as gradient

FASTER: dict[type, type] = {}
"""Optimizers of Keras -> faster equivalents on this backend: none, since XLA already fuses each
optimizer into one pass."""


def without_gradients() -> AbstractContextManager[None]:
    """Within, nothing is recorded for gradients; this backend records nothing by itself."""
    return nullcontext()
