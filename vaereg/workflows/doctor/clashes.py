"""Component names that more than one distribution offers."""

from __future__ import annotations

import attrs

from vaereg.contracts.catalog import UnknownName
from vaereg.discovery.catalog import Catalog


@attrs.frozen(kw_only=True)
class Clash:
    """One short name with several owners; each component can be used by its full name.

    Args:
        kind, name: the kind and the short name.
        owners: the distributions that offer a component of that name.
        meant: the distribution that the short name refers to; empty if the short name is an error.
    """

    kind: str
    name: str
    owners: tuple[str, ...]
    meant: str


def clashes(catalog: Catalog) -> tuple[Clash, ...]:
    """Every clash among the components that can be used."""
    owners: dict[tuple[str, str], list[str]] = {}
    for offer in catalog.offers():
        owners.setdefault((offer.kind, offer.name), []).append(offer.distribution)
    return tuple(
        Clash(
            kind=kind,
            name=name,
            owners=tuple(found),
            meant=_owner_of_short_name(catalog, kind, name),
        )
        for (kind, name), found in owners.items()
        if len(found) > 1
    )


def _owner_of_short_name(catalog: Catalog, kind: str, name: str) -> str:
    try:
        return catalog.find(kind, name).distribution
    except UnknownName:
        return ""
