"""A function of a batch that Keras compiles."""

from __future__ import annotations

from typing import Any

import keras


class Compiled(keras.Model):
    """A function of one batch as a model, so that Keras compiles and batches it on any backend.

    Its layers are held, not owned: they belong to the VAE.
    """

    def __init__(self, name: str, function: Any, layers: list[Any]) -> None:
        # Its inputs are data and latents, which keep their digits whatever the dtype policy is now.
        super().__init__(name=name, dtype="float32")
        self._parts = layers
        self._function = function
        self.built = True
        self.compile(jit_compile="auto")

    def call(self, inputs: Any) -> Any:
        """Applies the function."""
        return self._function(inputs)
