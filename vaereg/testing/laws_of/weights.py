"""Laws of weights: their paths, initial values, and whether they hold everything learned."""

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
    """Checkpoints store weights by path.

    Give every layer and weight a name that is unique within its parent layer.
    """
    paths = [each.path for each in Harness(component, home_case(component)).variables()]
    twice = sorted({path for path in paths if paths.count(path) > 1})
    require(not twice, f"several weights have the path {', '.join(twice)}")


@law(
    "paths-are-stable",
    "The weights of two builds have the same paths.",
    *MAY_HAVE_WEIGHTS,
    level="build",
)
def paths_are_stable(component: ComponentUnderTest) -> None:
    """Checkpoints are read by path, and Keras numbers unnamed layers throughout a process.

    Pass name= to every layer and weight.
    """
    home = home_case(component)
    first, second = ({each.path for each in Harness(component, home).variables()} for _ in range(2))
    differ = ", ".join(sorted(first ^ second)[:4])
    require(first == second, f"these paths are in one build only: {differ}")


@law(
    "weights-follow-the-seed",
    "Equal seeds give equal initial weights.",
    *MAY_HAVE_WEIGHTS,
    level="build",
)
def weights_follow_the_seed(component: ComponentUnderTest) -> None:
    """A run must start from the same weights when it is repeated.

    Draw initial weights with context.seed, or with Keras's unseeded initializers, which the engine
    seeds. Do not use numpy's global generator.
    """
    first, second = (_state(Harness(component, home_case(component), seed=3)) for _ in range(2))
    for value, other in zip(first.values(), second.values(), strict=True):
        require(np.array_equal(value, other), "two builds with seed 3 have different weights")


@law(
    "weights-restore",
    "A component that receives the weights of another build gives the outputs of that build.",
    *MAY_HAVE_WEIGHTS,
    level="build",
)
def weights_restore(component: ComponentUnderTest) -> None:
    """State outside the weights is lost when a run is resumed.

    Keep it in a weight (add_weight), or compute it from the parameters. The other build's weights
    have moved.
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
    "In inference no weight and no statistic changes.",
    *MAY_HAVE_WEIGHTS,
    level="build",
)
def inference_changes_no_weights(component: ComponentUnderTest) -> None:
    """Validation must not change the model. Assign to weights only if training is true."""
    harness = Harness(component, home_case(component))
    before = _state(harness)
    harness.outputs(harness.inputs(seed=9))
    for path, value in _state(harness).items():
        require(np.array_equal(value, before[path]), f"{path} changed")


@law(
    "weights-are-tracked",
    "An object that owns layers or variables is a keras.layers.Layer, unless they are frozen.",
    "regularizer",
    "objective",
    level="build",
)
def weights_are_tracked(component: ComponentUnderTest) -> None:
    """Keras does not see variables of other objects, so they are neither trained nor saved.

    Derive the class from keras.layers.Layer and define `call`. A layer with `trainable = False`
    may belong to any object, such as the network of a feature extractor.
    """
    thing = Harness(component, home_case(component)).object
    if isinstance(thing, keras.layers.Layer):
        return
    for name, value in vars(thing).items():
        frozen = isinstance(value, keras.layers.Layer) and not value.trainable
        owned = isinstance(value, keras.Variable | keras.layers.Layer) and not frozen
        found = f"it is not a layer, but its attribute {name!r} is a {type(value).__name__}"
        require(not owned, found)


def _state(harness: Harness) -> dict[str, np.ndarray]:
    # A copy: on some backends the array would be a view of the variable.
    return {v.path: np.array(ops.convert_to_numpy(v.value)) for v in harness.variables()}
