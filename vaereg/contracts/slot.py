"""A slot: a place for a component, with its parameters; a component's parameters may hold slots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from vaereg.component import NAME, REQUIRED, Component, NoParams, Offer, ParamInfo, param
from vaereg.contracts.plain_values import TomlValue
from vaereg.contracts.schedule import Schedule
from vaereg.errors import Place
from vaereg.frozen import frozen, has_fields
from vaereg.kinds import KINDS
from vaereg.wording import listed

NOWHERE = Place("default")
ONE = Schedule()

HELD = "vaereg_slot"
"""The metadata of a parameter that holds slots: their kind."""

UNKNOWN = "vaereg.contracts.slot:unknown"
"""The factory of a component that is only named so far."""


@frozen(kw_only=True)
class NamedChoice:
    """An optimizer or a learning-rate schedule of Keras, or an optimizer of a plugin.

    Args:
        use: Keras's name in snake case, such as "adam" or "cosine_decay", or the full name of a
            component.
        params: its parameters; a value may be a NamedChoice (a learning-rate schedule).
        place: where it is declared.
        slot: the component with its parameters; None for what is Keras's.
    """

    use: str
    params: Mapping[str, object] = attrs.field(factory=dict)
    place: Place = attrs.field(default=NOWHERE, eq=False)
    slot: Slot | None = None


@frozen(kw_only=True)
class LearningRateSchedule(NamedChoice):
    """A learning-rate schedule of Keras among the parameters of an optimizer.

    Annotate such a parameter as `float | vaereg.LearningRateSchedule`; in registry.toml it is a
    number or a table such as `{ use = "cosine_decay", ... }`. The factory turns it into what Keras
    takes with `vaereg.learning_rate`.
    """


@frozen(kw_only=True)
class Adaptive:
    """A weight that is computed from gradient norms in each step (arXiv:2012.09841, eq. 7).

    Args:
        scale: a factor on the computed weight.
        maximum: the upper bound of the computed weight, before the factor.
    """

    scale: float = 1.0
    maximum: float = 1e4


@frozen(kw_only=True)
class Balance:
    """A weight that gives a term its share of the gradient at the decoder's output.

    After EnCodec (arXiv:2210.13438, sec. 3.4); see `vaereg.model.term_weights.balancer`.

    Args:
        share: relative to the losses with fixed weights, which together have the share 1.
    """

    share: float


@frozen(kw_only=True)
class SamplerTraining:
    """How a sampler that learns by steps, or a prior in its slot, is trained after the VAE."""

    steps: int = param(
        5000, "how many steps; if they fill no whole epochs, up to 49 more", ge=1, unit="steps"
    )
    batch_size: int = param(256, "latents per step", ge=1)
    optimizer: NamedChoice | None = param(
        None,
        "an optimizer by its name, with its parameters; by default adamw, whose rate rises "
        "to 1e-3 within 5 % of the steps and then falls to 0 as a cosine",
    )
    ema: float = param(
        0.999, "decay of the averaged weights, with which latents are drawn; 0 for none", ge=0, lt=1
    )
    held_out: float = param(
        0.1,
        "share of the latents held out to find the best weights, if the data has no validation "
        "split",
        gt=0,
        le=0.5,
    )


@frozen(kw_only=True)
class Slot:
    """One filled slot of a model, or of a component that holds parts.

    Args:
        kind: the kind of the slot; a component of kind "prior" may fill the slot of kind "sampler".
        key: the slot's key; if a model may hold many of the kind, also the name of its terms.
        offer: the component and the distribution that offers it.
        params: an instance of the component's params class.
        weight: of a regularizer or discriminator: declared, or measured from gradients.
        warmup_steps: how many steps a discriminator trains before its loss term counts.
        optimizer: of a discriminator; None for the optimizer of [train].
        train: of a sampler, how it is trained; None if nothing is declared.
        given: of a dataset, the conditions that it hands to the parts that ask for them.
        augment: of a dataset, the augmentations of its training batches.
        place: where it is declared.
        declared: the name or table of a component that has not been looked up yet, as in
            parameters that are made in Python; None once it has been.
    """

    kind: str
    key: str
    offer: Offer
    params: attrs.AttrsInstance
    weight: Schedule | Adaptive | Balance = ONE
    warmup_steps: int = 0
    optimizer: NamedChoice | None = None
    given: tuple[str, ...] = ()
    augment: tuple[Slot, ...] = ()
    train: SamplerTraining | None = None
    place: Place = attrs.field(default=NOWHERE, eq=False)
    declared: TomlValue = None


def slot(
    kind: str, *, default: object = REQUIRED, meaning: str
) -> Any:  # a field, which attrs takes for its value
    """Declares a parameter that holds a part: a component of any kind, with its parameters.

    Annotate the parameter as `vaereg.Slot`, `vaereg.Slot | None` or `tuple[vaereg.Slot, ...]`. The
    factory builds the part with `context.build(params.inner, "inner")`. In registry.toml, as in
    Python, the value is the name of a component or a table with `use` and parameters; without
    `use`, the table changes parameters of the default.

    Args:
        kind: one of `vaereg.KINDS`.
        default: the name of the component if registry.toml does not set the parameter; None for
            no part, a tuple of names for many, `vaereg.REQUIRED` for none.
        meaning: what the part is for, in a few words; shown by `vaereg describe`.

    Raises:
        ValueError: for an unknown kind or a default that is no name; when an instance of the class
            is created with a value that names no component of the kind.
    """
    if kind not in KINDS:
        raise ValueError(f"slot() takes a kind, one of {listed(KINDS)}; got {kind!r}")
    names = default if isinstance(default, tuple) else (default,)
    for name in names if default is not REQUIRED and default is not None else ():
        if not isinstance(name, str) or not NAME.fullmatch(name.rpartition("/")[2]):
            raise ValueError(
                f'the default of a slot is the name of a component, such as "conv"; got {name!r}'
            )
    return attrs.field(
        default=default,
        converter=lambda value: as_slot(kind, value),
        metadata={"vaereg": ParamInfo(meaning=meaning), HELD: kind},
    )


def as_slot(kind: str, value: TomlValue) -> Slot | tuple[Slot, ...] | None:
    """The slot of a component that is named in Python, or slots of several.

    Raises:
        ValueError: for anything but a slot of the kind, a name, a table with `use`, a list of
            these, or None.
    """
    if value is None or isinstance(value, Slot):
        if value is not None and value.kind != kind:
            raise ValueError(f"must hold a {kind}; got a slot of kind {value.kind}")
        return value
    if isinstance(value, (tuple, list)):
        return tuple(one for each in value if isinstance(one := as_slot(kind, each), Slot))
    use = value.get("use", "default") if isinstance(value, Mapping) else value
    name = use.rpartition("/")[2] if isinstance(use, str) else ""
    if not NAME.fullmatch(name):
        raise ValueError(f'must be a {kind}: "NAME" or {{ use = "NAME", ... }}; got {value!r}')
    offer = Offer(
        component=Component(kind=kind, name=name, factory=UNKNOWN), distribution="", version=""
    )
    return Slot(kind=kind, key=kind, offer=offer, params=NoParams(), declared=value)


def held_slots(slot: Slot) -> Iterator[tuple[str, Slot]]:
    """Every slot that the parameters of a slot hold, at any depth, by its dotted key."""
    for key, held in slots_in(slot.params):
        yield key, held
        for inner, each in held_slots(held):
            yield f"{key}.{inner}", each


def slots_in(params: object) -> Iterator[tuple[str, Slot]]:
    """The slots that parameters hold themselves, by key: `inner`, `parts.0`, `network.inner`."""
    cls: type = type(params)
    for attribute in attrs.fields(cls):
        if attribute.init:
            yield from _slots_of(str(attribute.alias), getattr(params, attribute.name))


def _slots_of(key: str, value: object) -> Iterator[tuple[str, Slot]]:
    if isinstance(value, Slot):
        yield key, value
    elif isinstance(value, (tuple, list)):
        for index, each in enumerate(value):
            yield from _slots_of(f"{key}.{index}", each)
    elif has_fields(type(value)) and not isinstance(value, NamedChoice):  # no part
        for inner, each in slots_in(value):
            yield f"{key}.{inner}", each


def values_of(params: attrs.AttrsInstance) -> dict[str, TomlValue]:
    """Parameters as plain values that decide what a part computes, with the versions of held parts.

    Two parts of one component with equal values are equal, wherever they are declared.
    """
    return attrs.asdict(params, value_serializer=lambda owner, field, value: _plain(value))


def _plain(value: object) -> object:
    if isinstance(value, Slot):
        held = {"use": value.offer.full_name, "version": value.offer.version}
        return held | values_of(value.params)
    if isinstance(value, tuple) and any(isinstance(each, Slot) for each in value):
        return tuple(_plain(each) for each in value)
    return value
