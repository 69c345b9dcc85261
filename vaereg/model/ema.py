"""An exponential moving average of the weights.

Keras's `use_ema` is not used: it overwrites the weights when `fit` ends, and on JAX it fails in the
second `fit`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import attrs
import keras
import numpy as np
from keras import ops

from vaereg.contracts.tensor import Tensor


class WeightAverage(keras.layers.Layer):
    """Averages ("shadows") of some variables, updated each time the variables really change.

    Args:
        variables: the variables to average.
        decay: the share of the average that is kept at each update. The first updates keep less,
            min(decay, (1 + n) / (10 + n)) after n updates, so that initial weights do not dominate
            the average of a short run.
    """

    def __init__(self, variables: list[keras.Variable], decay: float) -> None:
        super().__init__(name="average", dtype="float32")
        self.decay = decay
        self._averaged = _VariablesOfOthers(variables)
        self.shadows = [
            self.add_weight(
                name=variable.path.replace("/", "-"),
                shape=variable.shape,
                dtype=variable.dtype,
                initializer="zeros",
                trainable=False,
            )
            for variable in variables
        ]
        self.built = True
        self.restart()

    def restart(self) -> None:
        """Makes every average equal to its variable."""
        for shadow, variable in self.pairs():
            shadow.assign(copied(variable))

    def pairs(self) -> list[tuple[keras.Variable, keras.Variable]]:
        """(shadow, variable) for every averaged variable."""
        return list(zip(self.shadows, self._averaged.variables, strict=True))

    def update(self, updates: Tensor, applied: Tensor) -> None:
        """Moves the averages towards the variables.

        Args:
            updates: how many real updates were made before this one, a scalar.
            applied: whether this step made a real update (it may only have accumulated gradients).
        """
        count = ops.cast(updates, "float32")
        keep = ops.minimum(self.decay, (1.0 + count) / (10.0 + count))
        keep = ops.where(applied, keep, 1.0)
        for shadow, variable in self.pairs():
            shadow.assign(keep * shadow + (1.0 - keep) * ops.cast(variable.value, shadow.dtype))

    @contextmanager
    def swapped_in(self) -> Iterator[None]:
        """Replaces the weights by their averages within, and restores the weights afterwards."""
        kept = [copied(variable) for _, variable in self.pairs()]
        for shadow, variable in self.pairs():
            variable.assign(copied(shadow))
        try:
            yield
        finally:
            for (_, variable), value in zip(self.pairs(), kept, strict=True):
                variable.assign(value)


def copied(variable: keras.Variable) -> np.ndarray:
    """A copy of a variable's value in separate memory: JAX refuses to donate one buffer twice."""
    return np.array(ops.convert_to_numpy(variable.value))


@attrs.frozen(eq=False)
class _VariablesOfOthers:
    """Holds variables where Keras does not track them as variables of this layer."""

    variables: list[keras.Variable]
