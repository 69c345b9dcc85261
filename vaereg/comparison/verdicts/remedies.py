"""What may remove a defect of samples: installed components, and settings of a model."""

from __future__ import annotations

from collections.abc import Collection

from vaereg.comparison.verdicts.cause_kind import CauseKind
from vaereg.contracts.plain_values import JsonObject
from vaereg.discovery.catalog import Catalog
from vaereg.kinds import KINDS

TAG = "remedy:"
"""The start of the tag with which a component names the cause that it removes."""


SETTINGS: dict[CauseKind, tuple[str, ...]] = {
    "decoder": ("longer training", "wider networks", "a larger latent"),
    "texture": ("a lower weight of a discriminator",),
    "prior": (),
    "collapse": ("a kl.weight that is lower or grows from 0", "kl.free_bits"),
    "copies": (
        "more training examples",
        "train.early_stopping",
        "dropout in the networks",
        "a higher kl.weight",
    ),
}
"""Remedies that are settings of a model."""


def remedies(cause: CauseKind, lock: JsonObject, catalog: Catalog, form: str) -> tuple[str, ...]:
    """What may remove a cause: components such as "prior vamp", then settings.

    Args:
        cause: the cause.
        lock: the content of the run's lock.json; components that the model has are left out.
        catalog: the available components.
        form: the form of the data, which a component must take.
    """
    used = _used(lock)
    components = [
        f"{offer.kind} {offer.full_name if catalog.shadowed(offer) else offer.name}"
        for offer in catalog.offers()
        if TAG + cause in offer.component.tags
        and form in offer.component.for_data
        and not offer.component.deprecated
        and (offer.kind, offer.full_name) not in used
    ]
    return (*components, *SETTINGS[cause])


def _used(lock: JsonObject) -> Collection[tuple[str, str]]:
    """The kind and the full name of each component of the run."""
    kinds = {kind.key: kind.name for kind in KINDS.values()}
    return {
        (kinds.get(slot.partition(".")[0], slot), each.get("component", ""))
        for slot, each in lock.get("components", {}).items()
    }
