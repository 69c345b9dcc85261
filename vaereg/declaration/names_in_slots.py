"""Which component a name means in a slot: a prior may stand in that of a sampler."""

from __future__ import annotations

from vaereg.component import Offer
from vaereg.contracts.catalog import ComponentSource, UnknownName
from vaereg.contracts.slot import Slot

IN_PLACE_OF_SAMPLERS = "prior/"
"""Begins the name of a prior in the sampler's slot where a sampler has the same name."""


def find_offer(kind: str, name: str, source: ComponentSource) -> Offer:
    """The component that a name means in a slot: for a sampler's, a sampler, or else a prior.

    Raises:
        UnknownName: if there is none, or if several distributions offer the short name.
    """
    if kind != "sampler":
        return source.find(kind, name)
    if name.startswith(IN_PLACE_OF_SAMPLERS):
        return source.find("prior", name.removeprefix(IN_PLACE_OF_SAMPLERS))
    try:
        return source.find(kind, name)
    except UnknownName as fault:
        try:
            return source.find("prior", name)
        except UnknownName:
            raise fault from None


def name_in_slot(slot: Slot) -> str:
    """The full name that declares the component of a slot."""
    name = slot.offer.full_name
    return name if slot.offer.kind == slot.kind else f"{IN_PLACE_OF_SAMPLERS}{name}"
