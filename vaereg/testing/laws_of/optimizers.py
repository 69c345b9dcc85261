"""Laws of optimizers."""

from __future__ import annotations

import attrs
import keras
import numpy as np

from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.law import law, require
from vaereg.testing.stand_ins.quadratic import (
    Quadratic,
    built_optimizer,
    engine_of_quadratic,
    steps_of_engine,
)

STEPS = 40
FEW = 3
DECAY = "weight_decay"


def _build(component: ComponentUnderTest) -> None:
    Quadratic(component)


@law(
    "optimizer-is-one-of-keras",
    "The factory returns a new keras.optimizers.Optimizer with the name context.name.",
    "optimizer",
    level="build",
    order=2,
    groundwork=_build,
)
def optimizer_is_one_of_keras(component: ComponentUnderTest) -> None:
    """Keras's training calls it, and its name begins the paths of its variables.

    Derive the class from keras.optimizers.Optimizer, pass name=context.name, and leave averages of
    weights (use_ema) to vaereg.
    """
    built_optimizer(component)
    _build(component)


@law(
    "steps-lower-a-quadratic",
    "Steps with the gradient of a quadratic lower it, at the weights and at those recommended.",
    "optimizer",
)
def steps_lower_a_quadratic(component: ComponentUnderTest) -> None:
    """Checked with forty steps at the default learning rate.

    Look for a step in the direction of the gradient, and for rates that make the weights explode.
    """
    quadratic = Quadratic(component)
    start = quadratic.value()
    for _ in range(STEPS):
        quadratic.step()
    for what, end in (
        ("at the weights", quadratic.value()),
        ("at the recommended weights", quadratic.value(quadratic.recommended())),
    ):
        require(end < start, f"the quadratic goes from {start:.6g} to {end:.6g} {what}")


@law(
    "optimizer-paths-are-its-own",
    "Each of its variables has a path of its own, the same in every build.",
    "optimizer",
    level="build",
)
def optimizer_paths_are_its_own(component: ComponentUnderTest) -> None:
    """Checkpoints store its variables by path, and Keras numbers unnamed ones.

    Use add_variable_from_reference(weight, name=...), or add_variable(..., name=...).
    """
    first, second = (
        [each.path for each in Quadratic(component).optimizer.variables] for _ in range(2)
    )
    twice = sorted({path for path in first if first.count(path) > 1})
    require(not twice, f"several variables have the path {', '.join(twice)}")
    differ = ", ".join(sorted(set(first) ^ set(second))[:4])
    require(not differ, f"these paths are in one build only: {differ}")


@law(
    "optimizer-continues-from-its-variables",
    "A build that receives the weights and variables of another continues like it, to the bit.",
    "optimizer",
)
def optimizer_continues_from_its_variables(component: ComponentUnderTest) -> None:
    """What is not in a variable is lost when a run is resumed.

    Create a variable with add_variable in `build`, and assign to it, instead of an attribute.
    """
    whole, second = Quadratic(component), Quadratic(component)
    for _ in range(FEW):
        whole.step()
    second.restore(whole.state())
    for _ in range(FEW):
        whole.step()
        second.step()
    due = whole.state()
    for path, value in second.state().items():
        require(np.array_equal(value, due[path]), f"{path} differs after {FEW} further steps")
    pairs = zip(whole.recommended(), second.recommended(), strict=True)
    require(all(np.array_equal(*pair) for pair in pairs), "the recommended weights differ")


@law(
    "weights-without-gradient-stay",
    "A weight without a gradient in a step keeps its value, and its momentum keeps its own.",
    "optimizer",
)
def weights_without_gradient_stay(component: ComponentUnderTest) -> None:
    """Weights that no loss reaches in a step sit it out.

    Update the weights that `apply` or `update_step` receives, and no others.
    """
    quadratic = Quadratic(component)
    for _ in range(FEW):
        quadratic.step()
    before = quadratic.state()
    quadratic.step([1])
    left_out = quadratic.weights[0].path
    for path, value in quadratic.state().items():
        if left_out in path.rpartition("/")[2]:
            require(np.array_equal(value, before[path]), f"{path} changed without a gradient")


@law(
    "learning-rate-is-read-in-each-step",
    "A learning rate that is set between two steps is used in the second.",
    "optimizer",
)
def learning_rate_is_read_in_each_step(component: ComponentUnderTest) -> None:
    """Schedules change it from step to step, and callbacks set it.

    Pass it to super().__init__, and use the `learning_rate` that `update_step` receives.
    """
    kept, changed = Quadratic(component), Quadratic(component)
    if isinstance(kept.optimizer._learning_rate, keras.optimizers.schedules.LearningRateSchedule):
        return  # it is one already
    for each in (kept, changed):
        each.step()
    changed.optimizer.learning_rate = 0.5 * float(changed.optimizer.learning_rate)
    for each in (kept, changed):
        each.step()
        each.step()
    pairs = zip(kept.weights, changed.weights, strict=True)
    same = all(np.array_equal(_array(one), _array(two)) for one, two in pairs)
    require(not same, "half the learning rate gives equal weights")


@law(
    "excluded-weights-do-not-decay",
    "A weight that is excluded from weight decay moves as without decay; the others do not.",
    "optimizer",
)
def excluded_weights_do_not_decay(component: ComponentUnderTest) -> None:
    """Of interest only if it has a parameter `weight_decay`; registry.toml then has `exclude`.

    Pass weight_decay to super().__init__, or ask self._use_weight_decay(variable) in the step.
    """
    fields = {field.alias: field.name for field in attrs.fields(type(component.params))}
    if DECAY not in fields:
        return
    with_decay, without = _with_decay(component, 0.5), _with_decay(component, 0.0)
    some, none = Quadratic(with_decay, exclude=[1]), Quadratic(without)
    for _ in range(FEW):
        some.step()
        none.step()
    kernel, bias = (
        np.array_equal(_array(one), _array(two))
        for one, two in zip(some.weights, none.weights, strict=True)
    )
    require(bias, "the excluded weight moves otherwise than without decay")
    require(not kernel, f"{DECAY} = 0.5 changes nothing")


@law(
    "compiled-steps-equal-eager-steps",
    "Compiled steps of the engine equal eager ones.",
    "optimizer",
    level="training",
)
def compiled_steps_equal_eager_steps(component: ComponentUnderTest) -> None:
    """Python code runs only when a step is traced: keep state in variables, branch with keras.ops.

    Checked with tf.function and jax.jit; torch runs eagerly here.
    """
    eager, compiled = (
        steps_of_engine(engine_of_quadratic(component, eager=each), FEW) for each in (True, False)
    )
    for path, value in eager.items():
        gap = float(np.max(np.abs(value - compiled[path]), initial=0.0))
        scale = 1.0 + float(np.max(np.abs(value), initial=0.0))
        require(gap <= 1e-5 * scale, f"{path} differs by {gap:.3g} between eager and compiled")


@law(
    "evaluation-begins-at-the-weights",
    "The recommended weights are the weights before a step and after restart_evaluation_weights.",
    "optimizer",
)
def evaluation_begins_at_the_weights(component: ComponentUnderTest) -> None:
    """Of interest only if it has `evaluation_weights`. Loaded weights are recommended themselves.

    Make every sequence of the method equal to the weights at both times.
    """
    quadratic = Quadratic(component)
    if not hasattr(quadratic.optimizer, "evaluation_weights"):
        return
    _require_own(quadratic, "before the first step")
    for _ in range(FEW):
        quadratic.step()
    for weight in quadratic.weights:
        weight.assign(_array(weight) + 1.0)
    quadratic.optimizer.restart_evaluation_weights(quadratic.weights)
    _require_own(quadratic, "after restart_evaluation_weights")


@law(
    "evaluation-changes-nothing",
    "Asking for the recommended weights changes neither the weights nor the optimizer.",
    "optimizer",
)
def evaluation_changes_nothing(component: ComponentUnderTest) -> None:
    """Validation must not change the training. Return values, and assign nothing."""
    quadratic = Quadratic(component)
    for _ in range(FEW):
        quadratic.step()
    before = quadratic.state()
    quadratic.recommended()
    for path, value in quadratic.state().items():
        require(np.array_equal(value, before[path]), f"{path} changed")


def _require_own(quadratic: Quadratic, when: str) -> None:
    for weight, value in zip(quadratic.weights, quadratic.recommended(), strict=True):
        gap = float(np.max(np.abs(value - _array(weight))))
        require(gap <= 1e-5, f"{weight.path} is recommended at a distance of {gap:.3g} {when}")


def _with_decay(component: ComponentUnderTest, decay: float) -> ComponentUnderTest:
    params = component.params
    values = {field.alias: getattr(params, field.name) for field in attrs.fields(type(params))}
    return ComponentUnderTest(offer=component.offer, values={**values, DECAY: decay})


def _array(variable: keras.Variable) -> np.ndarray:
    return np.array(keras.ops.convert_to_numpy(variable.value))
