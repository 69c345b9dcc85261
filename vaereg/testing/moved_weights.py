"""A component at its first weights, and once they have left where they start.

Much is right only there: a flow whose last layers start at 0 is the identity, and so is a block
behind a gate that is closed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from keras import ops

from vaereg.testing.cases import Case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.harness import Harness

NOISE = 0.5
"""The standard deviation of what is added to a weight, times the root of its fan-in."""

MOVED = ", once its weights have moved"
"""What is added to what was found there."""


def each_state(
    component: ComponentUnderTest, case: Case, **options: Any
) -> Iterator[tuple[Harness, str]]:
    """One build at its first weights and, if it has weights to train, after they have moved.

    With each comes what to add to the message of a fault: nothing, or MOVED.

    Args:
        component, case: see Harness.
        options: other arguments of Harness.
    """
    harness = Harness(component, case, **options)
    yield harness, ""
    if move_weights(harness):
        yield harness, MOVED


def move_weights(harness: Harness) -> bool:
    """Moves each weight by seeded normal noise of 0.5 / sqrt(fan-in), as training moves them far.

    The fan-in of an array is the product of its axes but the last, and of a vector its length.
    Statistics that are gathered in training move by a call in training.

    Returns:
        Whether there is a weight to train.
    """
    harness.variables()  # makes them
    weights = list(getattr(harness.object, "trainable_variables", ()))
    if not weights:
        return False
    harness.outputs(training=True)
    rng = np.random.default_rng(17)
    for each in weights:
        shape = tuple(each.shape)
        fan_in = math.prod(shape[:-1] if len(shape) > 1 else shape)
        noise = NOISE / math.sqrt(max(fan_in, 1)) * rng.normal(size=shape)
        moved = ops.convert_to_tensor(each.value) + ops.cast(noise, each.dtype)
        # As an optimizer does after each step.
        each.assign(moved if each.constraint is None else each.constraint(moved))
    return True
