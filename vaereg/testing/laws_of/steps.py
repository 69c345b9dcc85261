"""The law that a training step leaves nothing on a component except new values of its weights."""

from __future__ import annotations

from collections.abc import Iterator

import keras
from keras import ops

from vaereg.contracts.tensor import Tensor
from vaereg.testing.accepted_cases import home_case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.harness import TENSOR_KINDS, Harness
from vaereg.testing.law import law, require
from vaereg.testing.laws_of.tensors import CompiledPart

STEPS = 2

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
    for _ in range(STEPS):
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
