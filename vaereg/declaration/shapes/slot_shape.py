"""The shape of a parameter that holds a part: a component's name, or a table with parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, TypeVar

import attrs

from vaereg.contracts.plain_values import JsonObject
from vaereg.contracts.slot import Slot, as_slot
from vaereg.declaration.shapes.compound import Array, FixedArray, Mapped, Union
from vaereg.declaration.shapes.plain import Shape, wrong_type
from vaereg.declaration.shapes.tables import Table
from vaereg.declaration.text.findings import Fault, Findings
from vaereg.declaration.text.tree import Node
from vaereg.frozen import frozen
from vaereg.kinds import KINDS
from vaereg.wording import with_article

ReadSlot: TypeAlias = "Callable[[SlotShape, Node, Findings], Slot | Fault]"
"""Reads a slot that a component holds, with the components that are installed."""

T = TypeVar("T")


def held_definition(kind: str) -> str:
    """The name, in the JSON Schema, of what may stand in a slot of this kind."""
    return f"held:{kind}"


@frozen(eq=False)
class SlotShape:
    """A slot among the parameters of a component.

    Args:
        kind: the kind of the part.
        default: the component of a table without `use`; empty if there is none.
        read_slot: looks the component up; None to keep only its name, as Python does.
    """

    kind: str
    default: str = ""
    read_slot: ReadSlot | None = None

    @property
    def words(self) -> str:
        return with_article(self.kind)

    @property
    def plural(self) -> str:
        return f"{self.kind}s"

    @property
    def example(self) -> str:
        return f'"{self.default or KINDS[self.kind].default or "NAME"}"'

    def takes(self, value: object) -> bool:
        return isinstance(value, (str, dict))

    def read(self, node: Node, findings: Findings) -> Slot | Fault:
        if not self.takes(node.value):
            return wrong_type(self, node, findings)
        if self.read_slot is not None:
            return self.read_slot(self, node, findings)
        try:
            named = as_slot(self.kind, node.plain())
        except ValueError as fault:
            return findings.add("wrong-type", f"`{node.name}` {fault}", node)
        assert isinstance(named, Slot)
        return named

    def schema(self) -> JsonObject:
        return {"$ref": f"#/definitions/{held_definition(self.kind)}"}


def slot_shape(shape: Shape[object]) -> SlotShape | None:
    """The shape of the one slot that a value of this shape is, if it is one or None."""
    options = shape.options if isinstance(shape, Union) else (shape,)
    return next((each for each in options if isinstance(each, SlotShape)), None)


def held_kinds(shape: Shape[object]) -> frozenset[str]:
    """The kinds of the slots that values of this shape hold, at any depth."""
    if isinstance(shape, SlotShape):
        return frozenset({shape.kind})
    inner: list[Shape[object]] = []
    if isinstance(shape, Table):
        inner = [field.shape for field in shape.fields.values()]
    elif isinstance(shape, Union):
        inner = list(shape.options)
    elif isinstance(shape, FixedArray):
        inner = list(shape.items)
    elif isinstance(shape, Array | Mapped):
        inner = [shape.item]
    return frozenset(kind for each in inner for kind in held_kinds(each))


def looked_up(table: Table[T], of_given: ReadSlot, of_default: ReadSlot) -> Table[T]:
    """The table whose slots are looked up among the installed components.

    Args:
        table: of a params class.
        of_given: reads a slot that the document gives.
        of_default: reads the default of a slot that the document does not give.
    """
    fields = dict(table.fields)
    for key, field in table.fields.items():
        if held_kinds(field.shape):
            fields[key] = attrs.evolve(
                field,
                shape=shape_looked_up(field.shape, of_given, of_default),
                default_shape=shape_looked_up(field.shape, of_default, of_default),
            )
    return attrs.evolve(table, fields=fields)


def shape_looked_up(shape: Shape[object], given: ReadSlot, default: ReadSlot) -> Shape[object]:
    """Like `looked_up`, for a shape of any sort."""
    if isinstance(shape, SlotShape):
        return attrs.evolve(shape, read_slot=given)
    if isinstance(shape, Table):
        return looked_up(shape, given, default)
    if isinstance(shape, Union):
        options = tuple(shape_looked_up(each, given, default) for each in shape.options)
        return attrs.evolve(shape, options=options)
    if isinstance(shape, FixedArray):
        items = tuple(shape_looked_up(each, given, default) for each in shape.items)
        return attrs.evolve(shape, items=items)
    if isinstance(shape, Array | Mapped):
        return attrs.evolve(shape, item=shape_looked_up(shape.item, given, default))
    return shape
