"""Laws of weights: their names, first values and whether all that was learned is among them."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from vaereg.testing.accepted_cases import home_case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.harness import MAY_HAVE_WEIGHTS, Harness
from vaereg.testing.law import law, require
from vaereg.testing.laws_of.tensors import require_equal
from vaereg.testing.moved_weights import move_weights


@law("paths-are-unique", "No two weights have the same path.", *MAY_HAVE_WEIGHTS, level="build")
def paths_are_unique(component: ComponentUnderTest) -> None:
    """Checkpoints hold weights by path.

    Give every layer and weight a name of its own within its layer.
    """
    paths = [each.path for each in Harness(component, home_case(component)).variables()]
    twice = sorted({path for path in paths if paths.count(path) > 1})
    require(not twice, f"{twice} stand for several weights; give every layer and weight a name")


@law("paths-are-stable", "Two builds have the same paths.", *MAY_HAVE_WEIGHTS, level="build")
def paths_are_stable(component: ComponentUnderTest) -> None:
    """Keras numbers the layers that have no name of their own, on and on within a process.

    Pass name= to each, for a checkpoint is read by these paths.
    """
    home = home_case(component)
    first, second = ({each.path for each in Harness(component, home).variables()} for _ in range(2))
    require(first == second, f"{sorted(first ^ second)[:4]} differ; name every layer and weight")


@law(
    "weights-follow-the-seed",
    "Equal seeds give equal first weights.",
    *MAY_HAVE_WEIGHTS,
    level="build",
)
def weights_follow_the_seed(component: ComponentUnderTest) -> None:
    """context.seed, and Keras's own unseeded initializers, which the engine seeds.

    Draw first weights with these, and not with numpy's generator.
    """
    first, second = (_state(Harness(component, home_case(component), seed=3)) for _ in range(2))
    for value, other in zip(first.values(), second.values(), strict=True):
        require(np.array_equal(value, other), "two builds with seed 3 start from other weights")


@law(
    "weights-restore",
    "With another build's weights it gives that build's outputs.",
    *MAY_HAVE_WEIGHTS,
    level="build",
)
def weights_restore(component: ComponentUnderTest) -> None:
    """What is not among the weights is lost when a run is continued.

    The other build's weights have moved. Make what is lost a weight with add_weight, or compute it
    anew from the parameters.
    """
    saved = Harness(component, home_case(component), seed=1)
    move_weights(saved)
    state = _state(saved)
    fresh = Harness(component, home_case(component), seed=2)
    for variable in fresh.variables():
        require(
            variable.path in state, f"{variable.path} is not among the weights of another build"
        )
        variable.assign(state[variable.path])
    require_equal(
        saved.numpy(), fresh.numpy(), "a build and the one restored from it", tolerance=1e-5
    )


@law(
    "inference-changes-no-weights",
    "Outside training no weight and no statistic changes.",
    *MAY_HAVE_WEIGHTS,
    level="build",
)
def inference_changes_no_weights(component: ComponentUnderTest) -> None:
    """Validation must not change the model. Assign to weights only where training is true."""
    harness = Harness(component, home_case(component))
    before = _state(harness)
    harness.outputs(harness.inputs(seed=9))
    for path, value in _state(harness).items():
        require(np.array_equal(value, before[path]), f"{path} changed")


@law(
    "weights-are-tracked",
    "An object that owns layers or variables is a keras.layers.Layer.",
    "regularizer",
    "objective",
    level="build",
)
def weights_are_tracked(component: ComponentUnderTest) -> None:
    """Others are not trained, saved or moved, since Keras does not see them.

    Derive from keras.layers.Layer and define call(self, step).
    """
    thing = Harness(component, home_case(component)).object
    if isinstance(thing, keras.layers.Layer):
        return
    for name, value in vars(thing).items():
        owned = isinstance(value, keras.Variable | keras.layers.Layer)
        require(not owned, f"the attribute {name!r} is a {type(value).__name__}")


def _state(harness: Harness) -> dict[str, np.ndarray]:
    # A copy: on some backends the array would be a view of the variable.
    return {v.path: np.array(ops.convert_to_numpy(v.value)) for v in harness.variables()}
