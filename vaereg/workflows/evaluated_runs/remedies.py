"""The installed components that remove a defect of samples."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from vaereg.contracts.plain_values import JsonObject
from vaereg.discovery.discover import discover

if TYPE_CHECKING:
    from vaereg.comparison.verdicts.causes import CauseKind

TAG = "remedy:"
"""The start of the tag with which a component names the cause that it removes."""


def installed_remedies(
    cause: CauseKind, lock: JsonObject, no_plugins: bool | Sequence[str] = False
) -> tuple[str, ...]:
    """The components with a remedy, such as "prior vamp", without those that the model has.

    Args:
        cause: the cause that they remove.
        lock: the content of the run's lock.json.
        no_plugins: distributions to leave out; True for all but the built-in components.
    """
    used = _used(lock)
    catalog = discover(no_plugins=no_plugins)
    return tuple(
        f"{offer.kind} {offer.full_name if catalog.shadowed(offer) else offer.name}"
        for offer in catalog.offers()
        if TAG + cause in offer.component.tags
        and not offer.component.deprecated
        and (offer.kind, offer.full_name) not in used
    )


def _used(lock: JsonObject) -> Collection[tuple[str, str]]:
    """The kind and the full name of each component of the run."""
    components = lock.get("components", {})
    return {
        (slot.partition(".")[0].removesuffix("s"), each.get("component", ""))
        for slot, each in components.items()
    }
