"""Training on JAX."""

from vaereg.model.backends.jax.inner_gradient import gradient as gradient

FASTER: dict[type, type] = {}
"""Optimizers of Keras -> the same, faster on this backend: XLA makes one pass of any of them."""
