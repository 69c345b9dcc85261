"""A function of batches of arrays, compiled on any backend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from vaereg.contracts.tensor import Tensor


class CompiledFunction(keras.Model):
    """A function of a batch as a model, so that Keras compiles and batches it on any backend.

    Its layers belong to the VAE. Since this model holds them, the function gets their variables.

    Args:
        name: of the model.
        function: of batches.
        layers: those whose variables it uses.
        generator: gives the random numbers that it draws; None if it draws none.
    """

    def __init__(
        self,
        name: str,
        function: Callable[..., tuple[Tensor, ...]],
        layers: list[keras.layers.Layer],
        generator: keras.random.SeedGenerator | None = None,
    ) -> None:
        # The inputs are data and latents: they stay in float32 whatever the dtype policy is now.
        super().__init__(name=name, dtype="float32")
        self._parts = layers
        self._function = function
        self.generator = generator
        self.built = True
        self.compile(jit_compile="auto")

    def start_from(self, seed: int) -> None:
        """Makes the next prediction draw what this seed gives."""
        assert self.generator is not None, "the function draws"
        start = keras.random.SeedGenerator(seed).state
        self.generator.state.assign(np.array(ops.convert_to_numpy(start.value)))

    def predict(
        self,
        *args: Any,  # those of keras.Model.predict, which has no types
        **kwargs: Any,  # likewise
    ) -> tuple[np.ndarray, ...]:
        """As in Keras, but the layers keep their weights if the user interrupts it.

        On JAX, Keras takes the weights out of a model while it predicts and donates them to its
        program. Only at the end does it put the returned weights back.
        """
        variables = self.variables if keras.backend.backend() == "jax" else []
        copies = [ops.copy(variable.value) for variable in variables]
        try:
            results: tuple[np.ndarray, ...] = super().predict(*args, **kwargs)
        except BaseException:
            for variable, value in zip(variables, copies, strict=True):
                variable.assign(value)
            raise
        return results

    def call(self, inputs: Tensor | Sequence[Tensor]) -> tuple[Tensor, ...]:
        """Applies the function."""
        return (
            self._function(*inputs) if isinstance(inputs, list | tuple) else self._function(inputs)
        )
