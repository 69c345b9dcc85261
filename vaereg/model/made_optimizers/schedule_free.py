"""Keras's schedule-free AdamW, which tells the weights that it recommends."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import ops

from vaereg.contracts.tensor import Tensor


class ScheduleFreeAdamW(keras.optimizers.ScheduleFreeAdamW):
    """Keras's optimizer with the methods of `vaereg.contracts.optimizer.EvaluatedElsewhere`.

    The weights of the model are y = (1 - beta_1) z + beta_1 x (Defazio et al. 2024,
    arXiv:2405.15682, eq. 3); z is what Keras calls the momentum, and the average x is recommended.
    """

    def evaluation_weights(self, variables: Sequence[keras.Variable]) -> list[Tensor]:
        """The averages x that belong to the weights y."""
        if not self.beta_1:  # the weights are z themselves, and Keras keeps no average
            return [variable.value for variable in variables]
        return [
            (variable.value - (1.0 - self.beta_1) * self._base_of(variable).value) / self.beta_1
            for variable in variables
        ]

    def restart_evaluation_weights(self, variables: Sequence[keras.Variable]) -> None:
        """Makes z, and thereby x, equal to the weights."""
        for variable in variables:
            self._base_of(variable).assign(ops.copy(variable.value))

    def _base_of(self, variable: keras.Variable) -> keras.Variable:
        base: keras.Variable = self._momentums[self._get_variable_index(variable)]
        return base
