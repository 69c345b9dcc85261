"""Schedule-free AdamW."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import ops

import vaereg
from vaereg.basics.optimizers.declared import ScheduleFreeParams

TINY = 1e-30
"""Keeps the share of a step with a rate of 0 finite."""


class ScheduleFree(keras.optimizers.Optimizer):
    """Schedule-free AdamW (Defazio et al. 2024, arXiv:2405.15682, algorithm 1).

    Gradients are taken at y = (1 - beta_1) z + beta_1 x, the weights of the model. z makes Adam's
    steps without momentum, and x, the weighted average of z, is recommended. In step t with the
    rate g_t, after warm-up and Adam's bias correction, z weighs

        t^step_power * max(g_1, ..., g_t)^rate_power

    By default that is g_t^2, as in the algorithm, while the rate does not fall; the maximum and the
    powers are those of the authors' code (its `weight_lr_power` and `r`). As in the algorithm, the
    bias correction scales the whole step, decay included, and counts in the average; their later
    code corrects the second moment alone. Unlike Keras's `schedule_free_adamw`, it weights the
    average, decays z at y, and keeps x itself.
    """

    def __init__(self, params: ScheduleFreeParams, context: vaereg.BuildContext) -> None:
        super().__init__(
            learning_rate=vaereg.learning_rate(params.learning_rate), name=context.name
        )
        self.params = params
        self.bases: list[keras.Variable] = []
        self.averages: list[keras.Variable] = []
        self.moments: list[keras.Variable] = []
        self.sums: list[keras.Variable] = []
        self.greatest: list[keras.Variable] = []

    def build(self, variables: list[keras.Variable]) -> None:
        """Creates z, x, the second moment, the sum for the average and the greatest rate."""
        super().build(variables)
        self.bases, self.averages, self.moments = self.add_optimizer_variables(
            variables, ["z", "x", "moment"]
        )
        self.sums, self.greatest = (
            [
                self.add_variable((), name=f"{each.path.replace('/', '_')}_{of}")
                for each in variables
            ]
            for of in ("sum", "greatest_rate")
        )
        self.restart_evaluation_weights(variables)

    def update_step(
        self, gradient: vaereg.Tensor, variable: keras.Variable, learning_rate: vaereg.Tensor
    ) -> None:
        """One step of algorithm 1 for one weight."""
        params, index, dtype = self.params, self._get_variable_index(variable), variable.dtype
        z, x = self.bases[index], self.averages[index]
        moment, total, greatest = self.moments[index], self.sums[index], self.greatest[index]
        gradient = ops.cast(gradient, dtype)
        step = ops.cast(self.iterations + 1, dtype)

        second = params.beta_2 * moment.value + (1.0 - params.beta_2) * ops.square(gradient)
        warmed = ops.minimum(step / max(params.warmup_steps, 1), 1.0)
        corrected = ops.sqrt(1.0 - ops.power(ops.cast(params.beta_2, dtype), step))
        rate = ops.cast(learning_rate, dtype) * corrected * warmed
        direction = gradient / (ops.sqrt(second) + params.epsilon)
        if params.weight_decay and self._use_weight_decay(variable):
            direction = direction + params.weight_decay * ops.convert_to_tensor(variable)
        base = z.value - rate * direction
        most = ops.maximum(greatest.value, ops.cast(rate, greatest.dtype))
        weight = ops.power(ops.cast(step, total.dtype), params.step_power) * ops.power(
            most, params.rate_power
        )
        weights = total.value + weight
        share = ops.cast(weight / ops.maximum(weights, TINY), dtype)
        average = (1.0 - share) * x.value + share * base

        self.assign(moment, second)
        self.assign(total, weights)
        self.assign(greatest, most)
        self.assign(z, base)
        self.assign(x, average)
        self.assign(variable, (1.0 - params.beta_1) * base + params.beta_1 * average)

    def evaluation_weights(self, variables: Sequence[keras.Variable]) -> list[vaereg.Tensor]:
        """The averages x."""
        return [self.averages[self._get_variable_index(each)].value for each in variables]

    def restart_evaluation_weights(self, variables: Sequence[keras.Variable]) -> None:
        """Begins the averages anew at the weights."""
        for each in variables:
            index = self._get_variable_index(each)
            for own in (self.bases[index], self.averages[index]):
                own.assign(ops.copy(each.value))
            self.sums[index].assign(0.0)
            self.greatest[index].assign(0.0)
