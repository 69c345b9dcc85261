"""Optimizers in a declaration: those of Keras by name, and components of kind `optimizer`."""

from __future__ import annotations

from functools import partial
from typing import TypeVar, cast

import attrs

from vaereg.contracts.catalog import ComponentSource, UnknownName
from vaereg.contracts.slot import NamedChoice, Slot
from vaereg.declaration.extends import as_table
from vaereg.declaration.read_params import found_offer, read_params
from vaereg.declaration.shapes.compound import Mapped, Union
from vaereg.declaration.shapes.optimizers import EXCLUDE, OPTIMIZER, check_exclude
from vaereg.declaration.shapes.plain import Shape
from vaereg.declaration.shapes.tables import Table
from vaereg.declaration.text.findings import FAULT, Fault, Findings
from vaereg.declaration.text.tree import Node
from vaereg.declaration.write import settings_table

T = TypeVar("T")

KIND = "optimizer"


def with_optimizers(shape: Shape[T], source: ComponentSource) -> Shape[T]:
    """The shape in which an optimizer may also be a component that `source` offers."""
    return cast("Shape[T]", _replaced(shape, source))  # of the same results


def _replaced(shape: Shape[object], source: ComponentSource) -> Shape[object]:
    if shape is OPTIMIZER:
        return attrs.evolve(OPTIMIZER, of_component=partial(read_component, source=source))
    if isinstance(shape, Table):
        fields = {
            key: attrs.evolve(field, shape=_replaced(field.shape, source))
            for key, field in shape.fields.items()
        }
        return attrs.evolve(shape, fields=fields)
    if isinstance(shape, Union):
        return attrs.evolve(shape, options=tuple(_replaced(each, source) for each in shape.options))
    if isinstance(shape, Mapped):
        return attrs.evolve(shape, item=_replaced(shape.item, source))
    return shape


def read_component(
    node: Node, name: str, findings: Findings, *, source: ComponentSource
) -> NamedChoice | Fault | None:
    """The optimizer that a component offers, FAULT if it has problems, None for an unknown name.

    Args:
        node: a name, or a table with `use`.
        name: the name, which is none of Keras's.
        findings: receives the problems.
        source: the available components.
    """
    try:
        source.find(KIND, name)
    except UnknownName as fault:
        if not (fault.broken or "/" in name):
            return None
    table = as_table(node)
    before = len(findings)
    offer = found_offer(KIND, "", table, source, findings)
    if offer is FAULT:
        return FAULT
    params = read_params(offer, table, source, findings)
    entry = table.table().get("exclude")
    exclude = None if entry is None else EXCLUDE.shape.read(entry, findings)
    if params is FAULT or exclude is FAULT:
        return FAULT
    given = settings_table(params)
    check_exclude(table, given, exclude, findings)
    if len(findings) > before:
        return FAULT
    place = findings.place(node)
    slot = Slot(kind=KIND, key=str(node.path[-1]), offer=offer, params=params, place=place)
    schedules = {
        field.alias: value
        for field in attrs.fields(type(params))
        if isinstance(value := getattr(params, field.name), NamedChoice)
    }
    told = {} if exclude is None else {"exclude": exclude}
    return NamedChoice(
        use=offer.full_name, params={**given, **schedules, **told}, place=place, slot=slot
    )
