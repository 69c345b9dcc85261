"""Parts that the caller of `vaereg.build` gives, instead of declared components."""

from __future__ import annotations

import re
from collections.abc import Mapping

import attrs

from vaereg.component import NAME, Component, Offer
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.errors import ContractError, UsageError
from vaereg.wording import did_you_mean

GIVEN = "given in parts"
"""Used in error messages instead of a distribution's name."""

LAYERS = ("encoder", "decoder")
"""The kinds of which any Keras layer or model can be a part: x -> features, or z -> outputs."""


def with_given_parts(declaration: Declaration, parts: Mapping[str, object]) -> Declaration:
    """The declaration, with the given parts in their slots.

    Args:
        declaration: the resolved declaration.
        parts: by slot: "encoder", "posterior", "prior", "decoder", "likelihood", "objective", or
            the key of a regularizer or discriminator.

    Raises:
        UsageError: for a key that names no slot.
        ContractError: for an encoder or decoder that is not a Keras layer.
    """
    slots = {slot.key: slot for slot in declaration.model_slots() if slot.kind != "sampler"}
    for key in parts:
        if key not in slots:
            hint = did_you_mean(str(key), slots) or f"its slots: {', '.join(slots)}"
            raise UsageError(f"parts has {key!r}, which is not a slot of this model; {hint}")
    filled = {key: _slot_with_part(slots[key], part) for key, part in parts.items()}

    def filled_or_declared(slot: Slot) -> Slot:
        return filled.get(slot.key, slot)

    return attrs.evolve(
        declaration,
        encoder=filled_or_declared(declaration.encoder),
        posterior=filled_or_declared(declaration.posterior),
        prior=filled_or_declared(declaration.prior),
        decoder=filled_or_declared(declaration.decoder),
        likelihood=filled_or_declared(declaration.likelihood),
        objective=filled_or_declared(declaration.objective),
        regularizers=tuple(map(filled_or_declared, declaration.regularizers)),
        discriminators=tuple(map(filled_or_declared, declaration.discriminators)),
    )


def _slot_with_part(slot: Slot, part: object) -> Slot:
    import keras

    if slot.kind in LAYERS and not isinstance(part, keras.layers.Layer):
        raise ContractError(
            f"parts[{slot.key!r}] must be a Keras layer or model; got {type(part).__name__}."
        )
    name = re.sub(r"\W+", "_", str(getattr(part, "name", type(part).__name__))).lower().strip("_")
    component = Component(
        kind=slot.kind,
        name=name if re.fullmatch(r"[a-z][a-z0-9_]*", name) else "part",
        factory=f"{type(part).__module__}:{type(part).__name__}",
        tags={"importance"} if getattr(part, "importance", False) else (),
        given=_asked(slot, part),
    )
    return attrs.evolve(slot, offer=Offer(component=component, distribution=GIVEN, version=""))


def _asked(slot: Slot, part: object) -> frozenset[str]:
    """The conditions that a part asks for in its attribute `given`."""
    given = getattr(part, "given", ())
    if not isinstance(given, set | frozenset | tuple | list):
        return frozenset()
    wrong = [each for each in given if not isinstance(each, str) or not NAME.fullmatch(each)]
    if wrong:
        raise ContractError(
            f"parts[{slot.key!r}].given names the conditions that the part asks for, such as "
            f"{{'label'}}; got {wrong[0]!r}."
        )
    return frozenset(given)
