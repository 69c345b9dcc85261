"""Types for values of the active backend; the three backends have no common type for them."""

from __future__ import annotations

from typing import Any, TypeAlias

Tensor: TypeAlias = Any  # a tensor of the active backend; Keras has no common type for them
"""A tensor, variable or number that `keras.ops` takes; docstrings give the shapes."""

Seed: TypeAlias = Any  # a keras.random.SeedGenerator, or an int: contracts never import keras
"""Where random draws come from: a `keras.random.SeedGenerator`, or an integer for equal draws."""
