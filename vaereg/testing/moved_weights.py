"""A component at its initial weights, and after its weights have moved.

Some faults are hidden at the initial weights: a flow whose last layers start at 0 is the identity,
and so is a block behind a closed gate.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras import ops

from vaereg.testing.cases import Case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.harness import Harness

NOISE = 0.5
"""The standard deviation of the noise added to a weight, times the root of its fan-in."""

MOVED = ", after its weights have moved"
"""The end of a message about moved weights."""


def each_state(
    component: ComponentUnderTest,
    case: Case,
    **options: Any,  # of Harness
) -> Iterator[tuple[Harness, str]]:
    """One build at its initial weights and, if it has trainable weights, after they have moved.

    Each comes with the end of a message about it: empty, or MOVED.

    Args:
        component, case: see Harness.
        options: other arguments of Harness.
    """
    harness = Harness(component, case, **options)
    yield harness, ""
    if move_weights(harness):
        yield harness, MOVED


def move_weights(harness: Harness) -> bool:
    """Moves each weight by seeded normal noise of 0.5 / sqrt(fan-in), as far as training might.

    The fan-in of an array is the product of its axes except the last; of a vector, its length.
    Statistics that are updated in training move through one call in training.

    Returns:
        Whether there is a trainable weight.
    """
    harness.variables()  # creates them
    weights = list(getattr(harness.object, "trainable_variables", ()))
    if not weights:
        return False
    harness.outputs(training=True)
    rng = np.random.default_rng(17)
    for each in weights:
        move(each, rng)
    return True


def move(weight: keras.Variable, rng: np.random.Generator) -> None:
    """Moves a weight by normal noise of 0.5 / sqrt(fan-in); see `move_weights`."""
    shape = tuple(weight.shape)
    fan_in = math.prod(shape[:-1] if len(shape) > 1 else shape)
    noise = NOISE / math.sqrt(max(fan_in, 1)) * rng.normal(size=shape)
    moved = ops.convert_to_tensor(weight.value) + ops.cast(noise, weight.dtype)
    # As an optimizer does after each step.
    weight.assign(moved if weight.constraint is None else weight.constraint(moved))
