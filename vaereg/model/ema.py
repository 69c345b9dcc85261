"""An exponential moving average of the weights.

Keras's `use_ema` is not used: it overwrites the weights when `fit` ends, and on JAX it fails in the
second `fit`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
            shadow.assign(copied(variable.value))

    def pairs(self) -> list[tuple[keras.Variable, keras.Variable]]:
        """(shadow, variable) for every averaged variable."""
        return list(zip(self.shadows, self._averaged.variables, strict=True))

    def update(
        self,
        updates: Tensor,
        applied: Tensor,
        recommended: Sequence[tuple[keras.Variable, Tensor]] = (),
    ) -> None:
        """Moves the averages towards the variables.

        Args:
            updates: how many real updates were made before this one, a scalar.
            applied: whether this step made a real update (it may only have accumulated gradients).
            recommended: variables with the values to average instead of their own.
        """
        instead = {id(variable): value for variable, value in recommended}
        count = ops.cast(updates, "float32")
        keep = ops.minimum(self.decay, (1.0 + count) / (10.0 + count))
        keep = ops.where(applied, keep, 1.0)
        for shadow, variable in self.pairs():
            value = instead.get(id(variable), variable.value)
            shadow.assign(keep * shadow + (1.0 - keep) * ops.cast(value, shadow.dtype))


@contextmanager
def holding(values: Sequence[tuple[keras.Variable, Tensor]]) -> Iterator[None]:
    """Gives variables other values within, and restores their own afterwards."""
    others = [(variable, copied(value)) for variable, value in values]
    kept = [(variable, copied(variable.value)) for variable, _ in values]
    try:
        for variable, value in others:
            variable.assign(value)
        yield
    finally:
        for variable, value in kept:
            variable.assign(value)


def copied(value: Tensor) -> np.ndarray:
    """A copy in separate memory: JAX refuses to donate one buffer twice."""
    return np.array(ops.convert_to_numpy(value))


@attrs.frozen(eq=False)
class _VariablesOfOthers:
    """Holds variables where Keras does not track them as variables of this layer."""

    variables: list[keras.Variable]
