"""Augmentations in a declaration: `[data.NAME] augment`, and `latent_augment` of a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import attrs

from vaereg.component import LATENT
from vaereg.contracts.catalog import ComponentSource
from vaereg.contracts.slot import Slot
from vaereg.declaration.read_params import looked_up_shape
from vaereg.declaration.slot_keys import AUGMENTATIONS
from vaereg.declaration.text.findings import FAULT, Fault, Findings
from vaereg.declaration.text.tree import Node
from vaereg.wording import listed

LATENTS = frozenset({LATENT})
"""What an augmentation of latents must accept."""


def read_latent_augment(
    node: Node | None, source: ComponentSource, findings: Findings
) -> tuple[Slot, ...] | Fault:
    """The augmentations of latents that a model declares, or FAULT if one of them is wrong."""
    if node is None:
        return ()
    slots = looked_up_shape(AUGMENTATIONS, source).read(node, findings)
    if slots is FAULT:
        return FAULT
    check_augmented(tuple(slots), node, LATENTS, source, findings)
    return with_keys(slots)


def with_keys(slots: Iterable[Slot]) -> tuple[Slot, ...]:
    """The slots with the names of their components as keys; a second `flip` is `flip_2`.

    Random numbers follow the key, so they do not depend on the other augmentations.
    """
    seen: Counter[str] = Counter()
    keyed = []
    for slot in slots:
        name = slot.offer.name
        seen[name] += 1
        key = name if seen[name] == 1 else f"{name}_{seen[name]}"
        keyed.append(attrs.evolve(slot, key=key))
    return tuple(keyed)


def check_augmented(
    slots: Sequence[Slot],
    node: Node,
    provided: frozenset[str],
    source: ComponentSource,
    findings: Findings,
) -> None:
    """Records augmentations that do not accept what they are to change.

    Args:
        slots: the augmentations, in their order.
        node: the array that declares them.
        provided: the forms of data that the dataset provides, or LATENTS.
        source: the available components.
        findings: receives the problems.
    """
    for slot, each in zip(slots, node.elements(), strict=True):
        accepted = slot.offer.component.for_data
        if accepted & provided:
            continue
        offers = source.offers(slot.kind)
        fitting = sorted({o.name for o in offers if o.component.for_data & provided})
        findings.add(
            "wrong-data-form",
            f"augmentation {slot.offer.full_name} accepts {_in_words(accepted)}; "
            f"`{node.name}` changes {_in_words(provided)}",
            each,
            f"for {_in_words(provided)}: {listed(fitting)}",
        )


def _in_words(forms: frozenset[str]) -> str:
    return " or ".join(f"{form}s" for form in sorted(forms))
