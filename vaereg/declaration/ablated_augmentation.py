"""What an ablation of an augmentation changes in a declaration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import attrs

from vaereg.component import LATENT, Offer
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.declaration.text.document import Document
from vaereg.declaration.write import slot_table
from vaereg.wording import unused

AUGMENTATION = "augmentation"

Values: TypeAlias = "dict[tuple[str, ...], object]"
"""Values by their key paths."""


@attrs.frozen(kw_only=True)
class AugmentationChanges:
    """How a model with the augmentation, or without it, is made from another.

    Args:
        removes: whether the model has the augmentation, and the other model lacks it.
        path: the key that declares the augmentations of the model.
        of_model: values below the other model.
        of_data: values of the document: augmented data is a dataset of its own.
    """

    removes: bool
    path: tuple[str, ...]
    of_model: Values
    of_data: Values


def augmentation_changes(
    document: Document, named: Declaration, offer: Offer, params: Mapping[str, object] | None
) -> AugmentationChanges:
    """The changes that remove an augmentation from a model, or add it.

    It is added to the training data, or to the latents if it accepts nothing else.

    Args:
        document: the registry.
        named: the model.
        offer: the augmentation.
        params: its parameters, if it is added.
    """
    of_data, of_latents = named.data_slot.augment, named.latent_augment
    removes = any(_is(offer, slot) for slot in (*of_data, *of_latents))
    data = [slot_table(slot, held=True) for slot in of_data if not _is(offer, slot)]
    latents = [slot_table(slot, held=True) for slot in of_latents if not _is(offer, slot)]
    if not removes:
        only_latents = offer.component.for_data <= {LATENT}
        (latents if only_latents else data).append({"use": offer.full_name, **(params or {})})
    model: Values = {}
    datasets: Values = {}
    if len(latents) != len(of_latents):
        model["latent_augment",] = latents
    path: tuple[str, ...] = ("models", named.model, "latent_augment")
    if len(data) != len(of_data):
        word = "without" if removes else "with"
        wanted = f"{named.data_name}-{word}-{offer.name}"
        name = unused(wanted, document.values.get("data", {}))
        plain = slot_table(attrs.evolve(named.data_slot, augment=()))
        datasets["data", name] = {**plain, **({"augment": data} if data else {})}
        model["data",] = name
        path = ("data", named.data_name, "augment")
    return AugmentationChanges(removes=removes, path=path, of_model=model, of_data=datasets)


def _is(offer: Offer, slot: Slot) -> bool:
    return slot.offer.full_name == offer.full_name
