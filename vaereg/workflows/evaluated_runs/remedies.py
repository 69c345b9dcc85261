"""The installed components that remove a defect of samples."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from vaereg.contracts.plain_values import JsonObject
from vaereg.discovery.catalog import Catalog
from vaereg.kinds import KINDS

if TYPE_CHECKING:
    from vaereg.comparison.verdicts.causes import CauseKind

TAG = "remedy:"
"""The start of the tag with which a component names the cause that it removes."""


def installed_remedies(cause: CauseKind, lock: JsonObject, catalog: Catalog) -> tuple[str, ...]:
    """The components with a remedy, such as "prior vamp", without those that the model has.

    Args:
        cause: the cause that they remove.
        lock: the content of the run's lock.json.
        catalog: the available components.
    """
    used = _used(lock)
    return tuple(
        f"{offer.kind} {offer.full_name if catalog.shadowed(offer) else offer.name}"
        for offer in catalog.offers()
        if TAG + cause in offer.component.tags
        and not offer.component.deprecated
        and (offer.kind, offer.full_name) not in used
    )


def _used(lock: JsonObject) -> Collection[tuple[str, str]]:
    """The kind and the full name of each component of the run."""
    kinds = {kind.key: kind.name for kind in KINDS.values()}
    return {
        (kinds.get(slot.partition(".")[0], slot), each.get("component", ""))
        for slot, each in lock.get("components", {}).items()
    }
