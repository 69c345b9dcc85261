"""Removes costly operations from a traced graph; results change by rounding at most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.fx import GraphModule, Node

aten = torch.ops.aten

LARGEST_CONSTANT = 2**20
"""The most values of a constant that is computed once and kept."""

CONSTANT_BY_SHAPE = {
    aten.ones_like.default: 1,
    aten.zeros_like.default: 0,
}
"""Operations whose values do not depend on those of their argument."""


def simplified(traced: GraphModule) -> GraphModule:
    """The graph without the aliases that autograd needs, and with constants computed once.

    Args:
        traced: the graph of a step with fixed shapes; changed in place.
    """
    graph = traced.graph
    constants = _Constants(traced)
    for node in list(graph.nodes):
        if node.target is aten.detach.default:
            node.replace_all_uses_with(node.args[0])  # autograd does not record a traced graph
            graph.erase_node(node)
        else:
            constants.fold(node)
    for node in list(graph.nodes):
        _skip_copy(node)
    for node in list(graph.nodes):
        _fuse_bias(node)
    graph.eliminate_dead_code()
    graph.lint()
    traced.recompile()
    return traced


def _skip_copy(node: Node) -> None:
    """Removes a copy into a memory layout that the original already has.

    Keras makes images contiguous in its own order of axes; PyTorch's convolution needs the order
    that they had before the copy.
    """
    if node.target is not aten.clone.default or _is_written(node):
        return
    original = node.args[0]
    while isinstance(original, Node) and original.target is aten.clone.default:
        original = original.args[0]
    if not isinstance(original, Node) or _is_written(original) or _is_view_of_input(original):
        return
    mine, theirs = node.meta.get("val"), original.meta.get("val")
    if mine is not None and theirs is not None and mine.stride() == theirs.stride():
        node.replace_all_uses_with(original)
        node.graph.erase_node(node)


def _is_view_of_input(node: Node) -> bool:
    """Whether the node may share the memory of a variable, which the step will write to."""
    if node.op != "call_function":
        return True
    schema = getattr(node.target, "_schema", None)
    if schema is None:  # one of several results
        return False
    shares = any(each.alias_info is not None for each in schema.returns)
    return shares and any(_is_view_of_input(each) for each in node.all_input_nodes)


class _Constants:
    """Computes the nodes that depend on constants alone."""

    def __init__(self, traced: GraphModule) -> None:
        self._traced = traced
        self._known: dict[Node, torch.Tensor] = {}

    def fold(self, node: Node) -> None:
        """Replaces a node by its value if that is the same at every step."""
        if node.op == "get_attr":
            value = getattr(self._traced, str(node.target))
            if isinstance(value, torch.Tensor) and not _is_written(node):
                self._known[node] = value
            return
        if node.op != "call_function" or _is_written(node):
            return
        value = self._value(node)
        if not isinstance(value, torch.Tensor) or value.numel() > LARGEST_CONSTANT:
            return
        name = f"_constant_{len(self._known)}"
        self._traced.register_buffer(name, value, persistent=False)
        with self._traced.graph.inserting_before(node):
            constant = self._traced.graph.get_attr(name)
        self._known[constant] = value
        node.replace_all_uses_with(constant)
        self._traced.graph.erase_node(node)

    def _value(self, node: Node) -> object:
        target: Any = node.target  # an operation of PyTorch, or a name
        if target in CONSTANT_BY_SHAPE:
            meta = node.meta.get("val", node.meta.get("tensor_meta"))
            if meta is None:
                return None
            return torch.full(
                tuple(meta.shape), CONSTANT_BY_SHAPE[target], dtype=meta.dtype, device=meta.device
            )
        if not isinstance(target, torch._ops.OpOverload) or target.namespace != "aten":
            return None
        tags = set(target.tags)
        if target._schema.is_mutable or torch.Tag.nondeterministic_seeded in tags:
            return None
        if any(each not in self._known for each in node.all_input_nodes):
            return None
        args, kwargs = torch.fx.node.map_arg(
            (node.args, dict(node.kwargs)), lambda each: self._known[each]
        )
        with torch.no_grad():
            return target(*args, **kwargs)


def _is_written(node: Node) -> bool:
    """Whether an operation writes to the node's memory, directly or through a view."""
    for user in node.users:
        target: Any = user.target  # an operation of PyTorch, or a name
        schema = getattr(target, "_schema", None)
        if schema is None:
            continue
        if schema.is_mutable:
            for argument, given in zip(schema.arguments, user.args, strict=False):
                written = argument.alias_info is not None and argument.alias_info.is_write
                members = given if isinstance(given, list | tuple) else [given]
                if written and any(each is node for each in members):
                    return True
        elif any(r.alias_info is not None for r in schema.returns) and _is_written(user):
            return True
    return False


def _fuse_bias(node: Node) -> None:
    """Lets a matrix product or a convolution add the bias itself, which saves a pass over it.

    Only in float32: in half precision the sum would be rounded once instead of twice, and the graph
    has to give the numbers of the eager step.
    """
    if node.target is not aten.add.Tensor or len(node.args) != 2 or node.kwargs:
        return
    product, bias = node.args[0], node.args[1]
    if not isinstance(product, Node) or not isinstance(bias, Node):
        return
    if bias.target is aten.view.default and isinstance(bias.args[0], Node):
        bias = bias.args[0]
    if "val" not in node.meta or node.meta["val"].dtype != torch.float32:
        return
    shape: Sequence[int] = bias.meta["val"].shape if "val" in bias.meta else ()
    if len(shape) != 1 or shape[0] != node.meta["val"].shape[-1] or len(product.users) != 1:
        return
    graph = node.graph
    if product.target is aten.mm.default:
        with graph.inserting_before(node):
            fused = graph.call_function(aten.addmm.default, (bias, *product.args))
        fused.meta = dict(node.meta)
    else:
        convolution = _bare_convolution(product)
        if convolution is None:
            return
        convolution.update_arg(2, bias)
        fused = product
    node.replace_all_uses_with(fused)
    graph.erase_node(node)


def _bare_convolution(product: Node) -> Node | None:
    """The convolution without bias whose channels-last result this node is, or None."""
    if product.target is not aten.permute.default or product.args[1:] != ([0, 2, 3, 1],):
        return None
    image: Any = product.args[0]  # a Node, as the order of axes says
    while image.target is aten.alias.default and len(image.users) == 1:
        image = image.args[0]
    bare = image.target is aten.convolution.default and image.args[2] is None
    return image if bare and len(image.users) == 1 else None
