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

from vaereg.testing.exercise import Exercise
from vaereg.testing.situations import Situation
from vaereg.testing.subject import Subject

NOISE = 0.5
"""The standard deviation of what is added to a weight, times the root of its fan-in."""

MOVED = ", once its weights have moved"
"""What is added to what was found there."""


def each_state(
    subject: Subject, situation: Situation, **options: Any
) -> Iterator[tuple[Exercise, str]]:
    """One build at its first weights and, if it has weights to train, after they have moved.

    With each comes what to add to the message of a fault: nothing, or MOVED.

    Args:
        subject, situation: see Exercise.
        options: other arguments of Exercise.
    """
    exercise = Exercise(subject, situation, **options)
    yield exercise, ""
    if move_weights(exercise):
        yield exercise, MOVED


def move_weights(exercise: Exercise) -> bool:
    """Moves each weight by seeded normal noise of 0.5 / sqrt(fan-in), as training moves them far.

    The fan-in of an array is the product of its axes but the last, and of a vector its length.
    Statistics that are gathered in training move by a call in training.

    Returns:
        Whether there is a weight to train.
    """
    exercise.variables()  # makes them
    weights = list(getattr(exercise.object, "trainable_variables", ()))
    if not weights:
        return False
    exercise.outputs(training=True)
    rng = np.random.default_rng(17)
    for each in weights:
        shape = tuple(each.shape)
        fan_in = math.prod(shape[:-1] if len(shape) > 1 else shape)
        noise = NOISE / math.sqrt(max(fan_in, 1)) * rng.normal(size=shape)
        moved = ops.convert_to_tensor(each.value) + ops.cast(noise, each.dtype)
        # As an optimizer does after each step.
        each.assign(moved if each.constraint is None else each.constraint(moved))
    return True
