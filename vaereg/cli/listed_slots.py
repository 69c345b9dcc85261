"""The slots that a component holds, as `components --json` and `describe --json` list them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vaereg.component import Offer
from vaereg.contracts.plain_values import JsonObject
from vaereg.declaration.shapes.slot_shape import held_kinds
from vaereg.declaration.shapes.structure import plain, table_of
from vaereg.declaration.shapes.tables import Field, Table


def listed_slots(offer: Offer) -> list[JsonObject] | None:
    """The slots among the parameters of a component; None if its parameters cannot be read.

    Each has its `name`, dotted within tables (`network.inner`), the `kind` of its part, whether it
    is `required`, whether it holds `many` parts, and its `default`: a name, a list of names, or
    None for no part.
    """
    try:
        return list(_slots_in(table_of(offer.component.params).fields))
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001  # a default's own factory may raise anything
        return None  # `describe` says why


def _slots_in(fields: Mapping[str, Field], before: str = "") -> Iterator[JsonObject]:
    for name, field in fields.items():
        if isinstance(field.shape, Table):
            yield from _slots_in(field.shape.fields, f"{before}{name}.")
            continue
        for kind in sorted(held_kinds(field.shape)):
            yield {
                "name": before + name,
                "kind": kind,
                "required": field.required,
                "many": field.shape.takes([]),
                "default": plain(field.default),
            }
