"""The keys of a slot's table: vaereg's own, and the parameters of its component."""

from __future__ import annotations

import attrs

from vaereg.component import Offer, ParamInfo
from vaereg.contracts.addresses import ADDRESSES
from vaereg.contracts.slot import SamplerTraining, Slot
from vaereg.declaration.shapes.compound import Array
from vaereg.declaration.shapes.optimizers import EXCLUDE, OPTIMIZER
from vaereg.declaration.shapes.plain import Integer, Text
from vaereg.declaration.shapes.schedules import TermWeightShape
from vaereg.declaration.shapes.slot_shape import SlotShape
from vaereg.declaration.shapes.structure import UnsupportedTypeError, table_of, where_written
from vaereg.declaration.shapes.tables import Field, Table
from vaereg.wording import first_lines

RESERVED = ("kl", "learning_rate", "loss", "loss_at_final_weights", "reconstruction", *ADDRESSES)
"""Names of the engine's own terms and of the parts that losses are addressed to; no regularizer or
discriminator may use them."""

AUGMENTATIONS: Array[Slot] = Array(SlotShape("augmentation"), make=tuple)
"""A list of augmentations, whose components are looked up by whoever reads it."""

LATENT_AUGMENT = Field(
    shape=AUGMENTATIONS,
    info=ParamInfo(
        meaning="augmentations of latents on their way to the decoder, in training only"
    ),
)
"""The key `latent_augment` of a model."""

VAEREG_FIELDS: dict[str, dict[str, Field]] = {
    "dataset": {
        "given": Field(
            shape=Array(Text()),
            default=(),
            info=ParamInfo(
                meaning="the conditions that parts are told if they ask for them; labelled data "
                'has "label"'
            ),
        ),
        "augment": Field(
            shape=AUGMENTATIONS,
            default=(),
            info=ParamInfo(meaning="augmentations of training batches, in this order"),
        ),
    },
    "regularizer": {
        "weight": Field(
            shape=TermWeightShape(),
            default=1.0,
            info=ParamInfo(meaning="the weight of the penalty in the loss"),
        ),
    },
    "discriminator": {
        "weight": Field(
            shape=TermWeightShape(),
            default=1.0,
            info=ParamInfo(meaning="the weight of its term in the VAE's loss", ge=0),
        ),
        "warmup_steps": Field(
            shape=Integer(),
            default=0,
            info=ParamInfo(
                meaning="how many steps it trains before its loss term counts", ge=0, unit="steps"
            ),
        ),
        "optimizer": Field(
            shape=OPTIMIZER,
            info=ParamInfo(meaning="its own optimizer; by default, that of [train]"),
        ),
    },
    "optimizer": {"exclude": EXCLUDE},
    "sampler": {
        "train": Field(
            shape=table_of(SamplerTraining),
            info=ParamInfo(meaning="how it is trained, if it learns by steps"),
        ),
    },
}
"""vaereg's own keys in a slot's table, besides the component's parameters, by kind."""


def keys_of_vaereg(kind: str) -> tuple[str, ...]:
    """The keys of a slot's table that are not parameters of its component."""
    return ("use", *VAEREG_FIELDS.get(kind, ()))


def params_table(offer: Offer, kind: str = "") -> Table[attrs.AttrsInstance]:
    """The table of a component's parameters; messages name the component as its owner.

    Args:
        offer: the component.
        kind: the kind of the slot that it fills; empty for its own.

    Raises:
        UnsupportedTypeError: if the params class declares a type that TOML cannot express, or a
            parameter that one of vaereg's own keys would hide, or if it raises anything itself.
    """
    cls = offer.component.params
    try:
        table: Table[attrs.AttrsInstance] = table_of(cls)
    except (UnsupportedTypeError, KeyboardInterrupt):
        raise
    except BaseException as fault:
        text = f"its parameters cannot be read: {type(fault).__name__}: {first_lines(fault)}"
        raise UnsupportedTypeError(text) from fault
    own = keys_of_vaereg(kind or offer.kind)
    hidden = next((key for key in own if key in table.fields), None)
    if hidden is not None:
        raise UnsupportedTypeError(
            f"its parameter `{hidden}` has the same name as vaereg's own key `{hidden}` of every "
            f"{kind or offer.kind}; rename the parameter in {cls.__name__} ({where_written(cls)})"
        )
    return attrs.evolve(table, owner=f"{offer.kind} {offer.full_name}", other_keys=own)
