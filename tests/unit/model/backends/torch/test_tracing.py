"""A step becomes a graph if that gives the same numbers; otherwise the reason is given."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

if keras.backend.backend() != "torch":
    pytest.skip("traces steps of PyTorch", allow_module_level=True)

import torch

from vaereg.model.backends.torch.tracing import lowered

BATCHES = (torch.ones(4), torch.full((4,), 2.0))


def variables():
    return [keras.Variable(np.zeros(4, "float32"), name="total", trainable=False)]


def numbers(held):
    return [ops.convert_to_numpy(v.value).tolist() for v in held]


def test_a_graph_updates_the_variables_as_the_step_does():
    held = variables()
    seen = []

    def step(batch):
        seen.append(1)
        held[0].assign(0.5 * held[0] + batch)

    graph, reason = lowered(step, held, BATCHES)
    seen.clear()
    graph(BATCHES[0])
    graph(BATCHES[1])

    assert reason == ""
    assert not seen  # the graph does not run its Python
    assert numbers(held) == [[2.5] * 4]


def test_trying_a_step_leaves_the_variables_as_they_were():
    held = variables()
    lowered(lambda batch: held[0].assign(held[0] + batch), held, BATCHES)

    assert numbers(held) == [[0.0] * 4]


def test_a_condition_on_values_stays_eager():
    held = variables()

    def step(batch):
        if batch.sum() > 1.0:
            held[0].assign(held[0] + batch)

    made, reason = lowered(step, held, BATCHES)

    assert made is step
    assert "depends on tensor values" in reason


def test_a_step_whose_python_changes_stays_eager():
    held = variables()
    counter = iter(range(100))

    def step(batch):
        held[0].assign(held[0] + next(counter) * batch)

    made, reason = lowered(step, held, BATCHES)

    assert made is step
    assert reason == "the traced step and the eager step give different values of total"


def test_the_reason_is_the_first_line_of_the_steps_error():
    def step(batch):
        raise KeyError("first\nsecond")

    made, reason = lowered(step, variables(), BATCHES)

    assert made is step
    assert reason.startswith("the step cannot be traced: ")
    assert "\n" not in reason
