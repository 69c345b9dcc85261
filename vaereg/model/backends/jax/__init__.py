"""Training on JAX."""

from vaereg.model.backends.jax.inner_gradient import gradient as gradient

FASTER: dict[type, type] = {}
"""Optimizers of Keras -> faster equivalents on this backend: none, since XLA already fuses each
optimizer into one pass."""
