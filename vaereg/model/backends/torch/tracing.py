"""A whole step as one graph of PyTorch operations, traced once.

An eager step runs Keras's Python code for every operation, and autograd builds and frees its graph;
for a small network, both together cost more than the arithmetic. A trace of loss, gradients and
updates repeats the same operations without these costs. It is recorded from the eager step itself,
so it does the same. If a step cannot be traced, or the results of its graph differ by more than
rounding, training stays eager and reports why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import torch
from torch.fx.experimental.proxy_tensor import make_fx

from vaereg.contracts.tensor import Tensor
from vaereg.model.backends.torch.graph_passes import simplified
from vaereg.model.backends.torch.random_draws import NotTraceable, drawing_by_seed
from vaereg.wording import first_lines

TOLERANCE = 1e-5
"""How far values may differ from those of the eager step after an update, as a share of the
largest."""


def lowered(
    step: Callable[[Tensor], object], variables: Sequence[keras.Variable], batches: Sequence[Tensor]
) -> tuple[Callable[[Tensor], object], str]:
    """The step as a graph, or the eager step and the reason why it has no graph.

    The variables keep their values.

    Args:
        step: takes a batch and updates the variables in place.
        variables: every variable that the step reads or updates.
        batches: two batches to try it on.

    Returns:
        A function that takes a batch, and "" or the reason why it is still the eager step.
    """
    start = _values(variables)
    try:
        graph = _traced(step, variables, batches[0])
        # Tracing made one step. The graph is compared with the eager step on a second one: nothing
        # that depends on the number of the step may have become a constant.
        middle = _values(variables)
        step(batches[1])
        expected = _values(variables)
        _assign(variables, middle)
        graph(batches[1])
        different = _first_difference(variables, expected)
        if different:
            return step, f"the traced step and the eager step give different values of {different}"
        return graph, ""
    except NotTraceable as error:
        return step, str(error)
    except Exception as error:  # noqa: BLE001  # if tracing fails, the eager step still works
        return step, _why(error)
    finally:
        _assign(variables, start)


def _why(error: Exception) -> str:
    text = str(error)
    if "tracing tensor" in text:
        return (
            "the step depends on tensor values (ops.cond, as for gradient_accumulation_steps and "
            "the loss scale of mixed_float16, or a condition in Python)"
        )
    return f"the step cannot be traced: {first_lines(error)[:200]}"


def _traced(
    step: Callable[[Tensor], object], variables: Sequence[keras.Variable], batch: Tensor
) -> Callable[[Tensor], object]:
    """The graph of a step, which works on the tensors of the variables themselves."""
    tensors = [variable._value for variable in variables]

    def over_tensors(batch: Tensor, *values: Tensor) -> list[Tensor]:
        try:
            for variable, value in zip(variables, values, strict=True):
                variable._value = value
            with drawing_by_seed():
                step(batch)
            return []
        finally:
            for variable, value in zip(variables, tensors, strict=True):
                variable._value = value

    traced = simplified(make_fx(over_tensors)(batch, *tensors))
    forward = traced.forward

    def graph(batch: Tensor) -> None:
        with torch.no_grad():
            forward(batch, *tensors)

    return graph


def _values(variables: Sequence[keras.Variable]) -> list[torch.Tensor]:
    return [variable._value.detach().clone() for variable in variables]


def _assign(variables: Sequence[keras.Variable], values: Sequence[torch.Tensor]) -> None:
    with torch.no_grad():
        for variable, value in zip(variables, values, strict=True):
            variable._value.copy_(value)


def _first_difference(variables: Sequence[keras.Variable], expected: Sequence[torch.Tensor]) -> str:
    for variable, value in zip(variables, expected, strict=True):
        got, value = variable._value.detach().double(), value.double()
        scale = float(value.abs().max()) if value.numel() else 0.0
        if value.numel() and not bool((got - value).abs().max() <= TOLERANCE * max(scale, 1.0)):
            if torch.equal(torch.isnan(got), torch.isnan(value)) and bool(torch.isnan(got).any()):
                continue  # both are NaN, which the guard reports
            return str(variable.path)
    return ""
