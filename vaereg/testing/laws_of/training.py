"""Laws of training steps: of the component alone, and of a tiny model that contains it."""

from __future__ import annotations

from collections.abc import Iterator

import keras
import numpy as np
from keras import ops

from vaereg.contracts.tensor import Tensor
from vaereg.testing.accepted_cases import home_case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.first_steps import STEPS, FirstSteps, first_steps
from vaereg.testing.harness import TENSOR_KINDS, Harness
from vaereg.testing.law import law, require
from vaereg.testing.laws_of.tensors import CompiledPart
from vaereg.testing.use import home_of

MINIMISING = tuple(kind for kind in TENSOR_KINDS if kind not in ("discriminator", "augmentation"))
"""The kinds with which the loss must fall: not with an adversary, nor where each step has other
examples."""

FEW = 2
"""How many of the first and last steps are averaged for the comparison."""

REPEATED = 3
"""How many steps are repeated: enough for a difference in weights or noise to show."""

TOLERANCE = 1e-4
"""The relative difference allowed between two trainings: devices may sum in another order."""


def _steps(component: ComponentUnderTest) -> FirstSteps:
    """The record of the first steps, shared by three laws."""
    return component.shared("steps", lambda: first_steps(component, home_of(component)))


@law(
    "training-stays-finite",
    "In the first steps of training every term and every weight stays finite.",
    *TENSOR_KINDS,
    "optimizer",
    level="training",
    slow=True,
)
def training_stays_finite(component: ComponentUnderTest) -> None:
    """Values that are finite at first may become infinite once the weights move.

    Look for roots and norms at 0, whose gradient is infinite, and for values that grow without
    bound.
    """
    seen = _steps(component)
    for name, values in seen.terms.items():
        bad = np.flatnonzero(~np.isfinite(values))
        if bad.size:
            require(False, f"{name} is {values[bad[0]]} at step {bad[0]}")
    for path, values in seen.weights.items():
        require(np.isfinite(values).all(), f"{path} is not finite after {STEPS} steps")


@law(
    "training-repeats-by-seed",
    "Two trainings with the same seed give the same terms.",
    *TENSOR_KINDS,
    "optimizer",
    level="training",
    slow=True,
)
def training_repeats_by_seed(component: ComponentUnderTest) -> None:
    """Otherwise runs could not be repeated, nor compared with equal seeds.

    Draw with the given seed, and keep no state outside the weights, which checkpoints hold.
    """
    first, second = _steps(component), first_steps(component, home_of(component), steps=REPEATED)
    for name in first.terms:
        values = first.terms[name][:REPEATED]
        gap = np.abs(values - second.terms[name])
        allowed = TOLERANCE * (1.0 + np.abs(values))
        off = np.flatnonzero(~(gap <= allowed))
        if off.size and np.isfinite(values).all():
            at = off[0]
            require(
                False,
                f"{name} at step {at} is {values[at]:.6g} in one training and "
                f"{second.terms[name][at]:.6g} in the other",
            )


@law(
    "training-lowers-the-loss",
    "The loss falls in the first steps.",
    *MINIMISING,
    level="training",
    slow=True,
)
def training_lowers_the_loss(component: ComponentUnderTest) -> None:
    """Checked with a few steps of Adam on one batch, which any model can learn.

    Look for a gradient of the wrong sign, for noise larger than the term, and for values that
    explode once the weights move.
    """
    loss = _steps(component).terms["loss"]
    start, end = float(loss[:FEW].mean()), float(loss[-FEW:].mean())
    require(end < start, f"the loss goes from {start:.4g} to {end:.4g}")


COMPILED = 2
"""How many steps are compiled, each separately."""

DEEPEST = 4
"""How many levels of nested lists, dictionaries and layers are searched for tensors."""


@law(
    "steps-leave-no-tensors",
    "A training step leaves none of its tensors on the component.",
    *TENSOR_KINDS,
    level="build",
    slow=True,
)
def steps_leave_no_tensors(component: ComponentUnderTest) -> None:
    """Steps are compiled: a tensor of one trace is invalid in the next trace.

    Checked with two training steps, each compiled separately. To keep a value, create a weight in
    __init__ (add_weight with trainable=False) and assign to it if step.training is true.
    """
    harness = Harness(component, home_case(component))
    before = dict(_tensors(harness.object))
    harness.outputs(training=True)
    for name, tensor in _tensors(harness.object):
        kept = before.get(name) is tensor
        require(kept, f"the attribute {name} holds a tensor of the step; make it a weight")
    for _ in range(COMPILED):
        CompiledPart(harness, training=True).predict_on_batch(harness.inputs())


def _tensors(thing: object, path: str = "", depth: int = 0) -> Iterator[tuple[str, Tensor]]:
    """The path and value of each tensor that an object holds; variables are left out."""
    if isinstance(thing, keras.Variable) or depth > DEEPEST:
        return
    if ops.is_tensor(thing):
        yield path, thing
        return
    if isinstance(thing, dict):
        parts = [(f"{path}[{key!r}]", each) for key, each in thing.items()]
    elif isinstance(thing, list | tuple):
        parts = [(f"{path}[{i}]", each) for i, each in enumerate(thing)]
    elif isinstance(thing, keras.layers.Layer) or depth == 0:
        own = vars(keras.layers.Layer(name="plain"))  # attributes that Keras itself keeps
        parts = [
            (f"{path}.{name}".lstrip("."), each)
            for name, each in vars(thing).items()
            if name not in own
        ]
    else:
        return
    for name, each in parts:
        yield from _tensors(each, name, depth + 1)
