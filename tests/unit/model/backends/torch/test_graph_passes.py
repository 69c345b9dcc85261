"""A simplified graph has fewer operations and the same numbers."""

from __future__ import annotations

import keras
import pytest

if keras.backend.backend() != "torch":
    pytest.skip("simplifies graphs of PyTorch", allow_module_level=True)

import torch
from torch.fx.experimental.proxy_tensor import make_fx

from vaereg.model.backends.torch.graph_passes import simplified

aten = torch.ops.aten


def traced(function, *args):
    """The graph before, as a list of operations, and the simplified graph."""
    graph = make_fx(function)(*args)
    before = operations(graph)
    return before, simplified(graph)


def operations(graph):
    return [node.target for node in graph.graph.nodes if node.op == "call_function"]


def test_aliases_for_autograd_are_dropped():
    x = torch.randn(3)
    before, graph = traced(lambda x: x.detach() * 2.0, x)

    assert aten.detach.default in before
    assert operations(graph) == [aten.mul.Tensor]
    torch.testing.assert_close(graph(x), x * 2.0)


def test_operations_on_constants_are_computed_once():
    x = torch.randn(3)
    _, graph = traced(lambda x: x + torch.exp(torch.ones_like(x)), x)

    assert operations(graph) == [aten.add.Tensor]
    torch.testing.assert_close(graph(x), x + torch.exp(torch.ones(3)))


def test_a_constant_that_a_step_writes_into_is_not_kept():
    def step(x):
        total = torch.zeros_like(x)
        total.add_(x)
        return total

    x = torch.randn(3)
    _, graph = traced(step, x)

    graph(x)
    torch.testing.assert_close(graph(x), x)


def test_random_numbers_are_not_folded():
    _, graph = traced(lambda x: x + torch.rand(3), torch.zeros(3))

    assert not torch.equal(graph(torch.zeros(3)), graph(torch.zeros(3)))


def test_a_matrix_product_adds_its_bias_itself():
    x, w, b = torch.randn(4, 3), torch.randn(3, 2), torch.randn(2)
    _, graph = traced(lambda x, w, b: torch.mm(x, w) + b, x, w, b)

    assert operations(graph) == [aten.addmm.default]
    torch.testing.assert_close(graph(x, w, b), x @ w + b)


def test_in_half_precision_a_bias_is_added_separately():
    x, w, b = (torch.randn(*shape, dtype=torch.bfloat16) for shape in ((4, 3), (3, 2), (2,)))
    _, graph = traced(lambda x, w, b: torch.mm(x, w) + b, x, w, b)

    assert aten.addmm.default not in operations(graph)


def test_a_copy_into_the_same_layout_is_removed_and_any_other_stays():
    x = torch.randn(4, 3)
    same = traced(lambda x: (x * 1.5).clone() + 1.0, x)[1]
    other = traced(lambda x: (x * 1.5).t().clone(memory_format=torch.contiguous_format), x)[1]

    assert aten.clone.default not in operations(same)
    assert aten.clone.default in operations(other)
    torch.testing.assert_close(other(x), (x * 1.5).t())
