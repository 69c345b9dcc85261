"""`extends`: merges a model over its parent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial, reduce
from typing import TypeAlias

from vaereg.declaration.shapes.plain import Text, wrong_type
from vaereg.declaration.shapes.schedules import changes
from vaereg.declaration.shapes.slot_shape import SlotShape
from vaereg.declaration.text.findings import Fault, Findings
from vaereg.declaration.text.tree import Node
from vaereg.kinds import KINDS
from vaereg.wording import did_you_mean, lines, listed

_SLOTS = {kind.key: kind for kind in KINDS.values() if kind.key and not kind.many}
_MANY = {kind.key: kind.name for kind in KINDS.values() if kind.key and kind.many}

HeldShapes: TypeAlias = Callable[[str, str], Mapping[str, SlotShape]]
"""The slots that a component holds, by parameter, from its kind and name."""


def with_parents(
    name: str, models: Mapping[str, Node], findings: Findings, held: HeldShapes
) -> Node | Fault:
    """A model's table merged over those of its ancestors, or FAULT if an ancestor is invalid.

    Tables are merged key by key. A slot that names another component replaces the parent's slot
    entirely, since parameters of one component mean nothing to another. A schedule always replaces
    the parent's schedule. The same holds for the slots that a component holds.

    Args:
        name: the model's name.
        models: the tables of all models.
        findings: receives the problems.
        held: the slots that a component holds, by its kind and name.
    """
    chain: list[str] = []
    own: list[Node] = []
    while True:
        if name in chain:
            return _cycle(chain[chain.index(name) :], models, findings)
        chain.append(name)
        model = models[name]
        if not model.is_table:
            message = f"`{model.name}` must be a table, as in [models.{name}]"
            return findings.add("wrong-type", message, model)
        own.append(Node(model.path, {k: v for k, v in model.table().items() if k != "extends"}))
        parent = model.table().get("extends")
        if parent is None:
            # Merged from the root down, so that a value replaced on the way does not reappear.
            return reduce(partial(_merged_model, held=held), reversed(own))
        if not isinstance(parent.value, str):
            return wrong_type(Text(), parent, findings)
        if parent.value not in models:
            hint = lines(did_you_mean(parent.value, models), f"models: {listed(models)}")
            message = f'there is no model "{parent.value}"'
            return findings.add("unknown-model", message, parent, hint)
        name = parent.value


def merged_settings(base: Node, over: Node) -> Node:
    """[train], overridden by [models.NAME.train]."""
    return _merged_value(base, over)


def as_table(node: Node) -> Node:
    """A slot as a table: `"conv"` is `{ use = "conv" }`."""
    if isinstance(node.value, str):
        return Node(node.path, {"use": node})
    return node


def _cycle(names: list[str], models: Mapping[str, Node], findings: Findings) -> Fault:
    # Starts at the alphabetically first name, so every model of the cycle has the same problem.
    first = names.index(min(names))
    names = names[first:] + names[:first]
    chain = " -> ".join([*names, names[0]])
    place = models[names[0]].table()["extends"]
    message = f"models extend each other: {chain}"
    return findings.add("extends-cycle", message, place, "remove one `extends` from the chain")


def _merged_model(base: Node, over: Node, held: HeldShapes) -> Node:
    """Merges one model over its parent."""
    entries = dict(base.table())
    for key, node in over.table().items():
        below = entries.get(key)
        if below is None:
            entries[key] = node
        elif key in _SLOTS:
            kind = _SLOTS[key]
            entries[key] = _merged_slot(below, node, kind.name, kind.default, held)
        elif key in _MANY and below.is_table and node.is_table:
            named = dict(below.table())
            for name, entry in node.table().items():
                if name in named:
                    entry = _merged_slot(named[name], entry, _MANY[key], name, held)
                named[name] = entry
            entries[key] = Node(node.path, named)
        else:
            entries[key] = _merged_value(below, node)
    return Node(over.path, entries)


def _merged_slot(base: Node, over: Node, kind: str, implied: str, held: HeldShapes) -> Node:
    """Merges one slot over the parent's; `implied` is the component of a table without `use`."""
    below, above = as_table(base), as_table(over)
    if not (below.is_table and above.is_table):
        return over
    before = below.table().get("use")
    after = above.table().get("use")
    was = implied if before is None else before.value
    if after is not None and after.value != was:
        return over
    inside = held(kind, was) if isinstance(was, str) else {}
    entries = dict(below.table())
    for key, node in above.table().items():
        if key in entries and key in inside:
            shape = inside[key]
            node = _merged_slot(entries[key], node, shape.kind, shape.default, held)
        elif key in entries:
            node = _merged_value(entries[key], node)
        entries[key] = node
    return Node(above.path, entries)


def _merged_value(base: Node, over: Node) -> Node:
    is_optimizer = over.path[-1:] == ("optimizer",) or over.path[-2:-1] == ("optimizers",)
    if isinstance(base.value, str) and over.is_table and is_optimizer:
        base = as_table(base)
    if not (base.is_table and over.is_table) or changes(base.value) or changes(over.value):
        return over
    uses = [each.table().get("use") for each in (base, over)]
    if uses[1] is not None and (uses[0] is None or uses[0].value != uses[1].value):
        return over
    return _merged_tables(base, over)


def _merged_tables(base: Node, over: Node) -> Node:
    entries = dict(base.table())
    for key, node in over.table().items():
        entries[key] = _merged_value(entries[key], node) if key in entries else node
    return Node(over.path, entries)
