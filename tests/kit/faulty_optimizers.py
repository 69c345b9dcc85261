"""Optimizers, each with one fault, for tests of the contract kit."""

from __future__ import annotations

import attrs
import keras
from keras import ops

import vaereg


@attrs.frozen(kw_only=True)
class OptimizerParams:
    learning_rate: float | vaereg.LearningRateSchedule = vaereg.param(0.05, "the step", gt=0)
    momentum: float = vaereg.param(0.9, "how much of the last step is kept", ge=0, lt=1)
    weight_decay: float = vaereg.param(0.0, "the decay", ge=0)


class SoundOptimizer(keras.optimizers.Optimizer):
    """Heavy ball, which recommends the mean of its weights and of a slow copy of them."""

    def __init__(self, params, context):
        params = params if isinstance(params, OptimizerParams) else OptimizerParams()
        super().__init__(
            vaereg.learning_rate(params.learning_rate),
            name=context.name,
            weight_decay=params.weight_decay,
        )
        self.momentum = params.momentum

    def build(self, variables):
        super().build(variables)
        self.speeds = [self.add_variable_from_reference(v, "speed") for v in variables]
        self.slow = [self.add_variable_from_reference(v, "slow") for v in variables]
        self.restart_evaluation_weights(variables)

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        speed, slow = self.speeds[index], self.slow[index]
        self.assign(speed, self.momentum * speed - ops.cast(learning_rate, "float32") * gradient)
        self.assign_add(variable, speed.value)
        self.assign(slow, 0.9 * slow + 0.1 * variable)

    def evaluation_weights(self, variables):
        return [0.5 * (v.value + self.slow[self._get_variable_index(v)].value) for v in variables]

    def restart_evaluation_weights(self, variables):
        for variable in variables:
            self.slow[self._get_variable_index(variable)].assign(ops.copy(variable.value))


def returns_a_layer(params, context):
    return keras.layers.Dense(1, name=context.name)


def leaves_its_name_to_keras(params, context):
    return keras.optimizers.SGD(0.1)


def averages_itself(params, context):
    return keras.optimizers.SGD(0.1, name=context.name, use_ema=True)


class Ascends(SoundOptimizer):
    def update_step(self, gradient, variable, learning_rate):
        super().update_step(-gradient, variable, learning_rate)


class RecommendsTheOtherSide(SoundOptimizer):
    """A sign: w + 6 (w - slow) instead of a mean."""

    def evaluation_weights(self, variables):
        slow = [self.slow[self._get_variable_index(v)].value for v in variables]
        return [v.value - 60.0 * (v.value - s) for v, s in zip(variables, slow, strict=True)]


class LeavesNamesToKeras(SoundOptimizer):
    def build(self, variables):
        super().build(variables)
        self.count = self.add_variable(())


class CountsInPython(SoundOptimizer):
    steps = 0

    def update_step(self, gradient, variable, learning_rate):
        self.steps += 1
        super().update_step(gradient, variable, learning_rate / (1 + self.steps))


class MovesWhatSitsOut(SoundOptimizer):
    def apply(self, grads, trainable_variables=None):
        super().apply(grads, trainable_variables)
        for speed in self.speeds:
            self.assign(speed, 0.5 * speed)


class KeepsItsFirstRate(SoundOptimizer):
    def __init__(self, params, context):
        super().__init__(params, context)
        self.rate = float(self.learning_rate)

    def update_step(self, gradient, variable, learning_rate):
        super().update_step(gradient, variable, self.rate)


class DecaysEverything(SoundOptimizer):
    def _use_weight_decay(self, variable):
        return True


class BranchesInPython(SoundOptimizer):
    traced = False

    def update_step(self, gradient, variable, learning_rate):
        rate = learning_rate if self.traced else 2.0 * learning_rate
        self.traced = True
        super().update_step(gradient, variable, rate)


class ForgetsToHalve(SoundOptimizer):
    """A scale."""

    def evaluation_weights(self, variables):
        return [0.9 * each for each in super().evaluation_weights(variables)]


class RestartsNothing(SoundOptimizer):
    def build(self, variables):
        super().build(variables)
        super().restart_evaluation_weights(variables)

    def restart_evaluation_weights(self, variables):
        pass


class SwapsInPlace(SoundOptimizer):
    def evaluation_weights(self, variables):
        for variable, value in zip(variables, super().evaluation_weights(variables), strict=True):
            variable.assign(value)
        return [variable.value for variable in variables]


class Explodes(SoundOptimizer):
    def update_step(self, gradient, variable, learning_rate):
        super().update_step(gradient / 0.0, variable, learning_rate)


class FailsInBuild(SoundOptimizer):
    def build(self, variables):
        raise KeyError("slots")
