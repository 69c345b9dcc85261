"""The parameters of a component, with the slots that they hold, each looked up."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import attrs

from vaereg.component import Offer
from vaereg.contracts.catalog import ComponentSource, UnknownName
from vaereg.contracts.slot import Slot, slots_in
from vaereg.declaration.extends import as_table
from vaereg.declaration.shapes.plain import Shape, Text, wrong_type
from vaereg.declaration.shapes.slot_shape import (
    SlotShape,
    held_kinds,
    looked_up,
    shape_looked_up,
    slot_shape,
)
from vaereg.declaration.shapes.structure import UnsupportedTypeError, table_of
from vaereg.declaration.shapes.tables import Table
from vaereg.declaration.slot_keys import VAEREG_FIELDS, keys_of_vaereg, params_table
from vaereg.declaration.text.document import Document
from vaereg.declaration.text.findings import FAULT, Fault, Findings
from vaereg.declaration.text.tree import Node, grown
from vaereg.declaration.write import settings_table
from vaereg.wording import with_article

T = TypeVar("T")

DEEPEST = 16
"""In how many parts another one may be held."""


def read_params(
    offer: Offer,
    table: Node,
    source: ComponentSource,
    findings: Findings,
    *,
    kind: str = "",
    depth: int = 0,
    defaults: tuple[str, ...] = (),
) -> attrs.AttrsInstance | Fault:
    """An instance of the component's params class, with the slots that it holds, or FAULT.

    Args:
        offer: the component.
        table: its slot's table.
        source: where the components of held slots are looked up.
        findings: receives the problems.
        kind: the kind of the slot, if it is another one than the component's.
        depth: in how many other slots this one is held.
        defaults: the components that hold this one by default, the outermost first.
    """
    own = keys_of_vaereg(kind or offer.kind)
    given = Node(table.path, {k: v for k, v in table.table().items() if k not in own})
    try:
        shape = params_table(offer, kind)
    except UnsupportedTypeError as fault:
        message = f"{offer.kind} {offer.full_name} cannot be declared: {fault}"
        hint = f"this is a bug in {offer.distribution} {offer.version}"
        return findings.add("broken-component", message, table, hint, of="key", plugin=True)
    if held_kinds(shape):
        chain = (*defaults, f"{offer.kind} {offer.full_name}")
        shape = _looked_up(shape, source, depth, chain)
    return shape.read(given, findings)


def held_shapes(kind: str, name: str, source: ComponentSource) -> dict[str, SlotShape]:
    """The slots that a component holds, by parameter; none if the component cannot be used."""
    try:
        fields = params_table(source.find(kind, name)).fields
    except (UnknownName, UnsupportedTypeError):
        return {}
    shapes = {key: slot_shape(field.shape) for key, field in fields.items()}
    return {key: shape for key, shape in shapes.items() if shape is not None}


def looked_up_shape(shape: Shape[T], source: ComponentSource) -> Shape[T]:
    """The shape of one of vaereg's own keys, whose slots are looked up among the components."""

    def read(held: SlotShape, node: Node, findings: Findings) -> Slot | Fault:
        return _held_slot(held, node, source, findings, 0, ())

    return cast("Shape[T]", shape_looked_up(shape, read, read))


def default_params(offer: Offer, source: ComponentSource) -> attrs.AttrsInstance:
    """The default parameters of a component, with the slots that it holds.

    Raises:
        DeclarationError: if it needs parameters, or a component that it holds is not installed.
    """
    findings = Findings(Document(values={}, source=offer.full_name))
    params = read_params(offer, Node((), {}), source, findings)
    findings.raise_any()
    return cast("attrs.AttrsInstance", params)  # not FAULT: raise_any would have raised


def with_slots_found(params: attrs.AttrsInstance, source: ComponentSource) -> attrs.AttrsInstance:
    """Parameters made in Python, with the components that their slots name.

    Raises:
        DeclarationError: if a component is not installed, or its parameters are wrong.
    """
    if not any(held.declared is not None for _, held in slots_in(params)):
        return params
    cls = type(params)
    fields = table_of(cls).fields
    holding = {key: field for key, field in fields.items() if held_kinds(field.shape)}
    given = {key: each for key, each in settings_table(params).items() if key in holding}
    findings = Findings(Document(values=given, source=cls.__name__))
    table: Table[dict[str, object]] = Table(fields=holding, make=dict, owner=cls.__name__)
    found = _looked_up(table, source, 0, ()).read(grown(given), findings)
    findings.raise_any()
    changed = cast("dict[str, object]", found)  # not FAULT, as above
    return attrs.evolve(params, **changed)  # type: ignore[misc]  # an instance of an attrs class


def found_offer(
    kind: str,
    implied: str,
    table: Node,
    source: ComponentSource,
    findings: Findings,
    find: Callable[[str, str, ComponentSource], Offer] = lambda kind, name, source: source.find(
        kind, name
    ),
) -> Offer | Fault:
    """The component that a slot names, or FAULT; `implied` is that of a table without `use`."""
    use = table.table().get("use")
    name = implied
    if use is not None:
        if not isinstance(use.value, str):
            return wrong_type(Text(), use, findings)
        name = use.value
    if use is None and not name:
        message = f"`{table.name}` lacks `use`, the name of {with_article(kind)}"
        names = ", ".join(sorted({offer.name for offer in source.offers(kind)}))
        return findings.add("missing-key", message, table, f"installed: {names}", of="key")
    try:
        return find(kind, name, source)
    except UnknownName as fault:
        node, of = (table, "key") if use is None else (use, "value")
        code = "unavailable-component" if fault.broken else "unknown-component"
        return findings.add(
            code,
            fault.message,
            node,
            fault.hint,
            of="key" if of == "key" else "value",
            plugin=fault.broken,
        )


def _looked_up(
    table: Table[T], source: ComponentSource, depth: int, chain: tuple[str, ...]
) -> Table[T]:
    """The table of a component whose slots are looked up; see `read_params`."""

    def given(held: SlotShape, node: Node, findings: Findings) -> Slot | Fault:
        return _held_slot(held, node, source, findings, depth + 1, ())

    def default(held: SlotShape, node: Node, findings: Findings) -> Slot | Fault:
        return _held_slot(held, node, source, findings, depth + 1, chain)

    return looked_up(table, given, default)


def _held_slot(
    held: SlotShape,
    node: Node,
    source: ComponentSource,
    findings: Findings,
    depth: int,
    defaults: tuple[str, ...],
) -> Slot | Fault:
    """The slot that a component holds, which a node declares, or FAULT if it has problems."""
    table, kind = as_table(node), held.kind
    before = len(findings)
    if depth > DEEPEST:
        message = f"`{node.name}` is held by {depth} parts in each other, and {DEEPEST} are allowed"
        return findings.add("nested-too-deep", message, node, "remove some of them", of="key")
    offer = found_offer(kind, held.default, table, source, findings)
    for key in VAEREG_FIELDS.get(kind, {}):
        if key in table.table():
            message = f"`{key}` has no effect on {with_article(kind)} that another part holds"
            hint = "remove it; the part that holds it decides what becomes of its terms"
            findings.add("refused-key", message, table.table()[key], hint, of="key")
    if offer is FAULT:
        return FAULT
    if f"{kind} {offer.full_name}" in defaults:
        chain = " -> ".join([*defaults, f"{kind} {offer.full_name}"])
        message = f"these components hold each other by default, without end: {chain}"
        hint = f"set the part that {offer.full_name} holds, or report it as a bug of its plugin"
        return findings.add("nested-too-deep", message, node, hint, of="key", plugin=True)
    params = read_params(offer, table, source, findings, depth=depth, defaults=defaults)
    if len(findings) > before or params is FAULT:
        return FAULT
    return Slot(
        kind=kind,
        key=str(node.path[-1]),
        offer=offer,
        params=params,
        place=findings.place(node, "key"),
    )
