"""An ablation: a model with and without one component, as two declarations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

import attrs

from vaereg.component import Offer
from vaereg.contracts.catalog import ComponentSource
from vaereg.declaration.ablated_augmentation import AUGMENTATION, augmentation_changes
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.declaration.read_params import held_shapes
from vaereg.declaration.resolve import resolve
from vaereg.declaration.slot_keys import RESERVED, keys_of_vaereg
from vaereg.declaration.text.document import Document
from vaereg.declaration.text.override import override
from vaereg.declaration.text.tree import dotted
from vaereg.declaration.write import slot_table, toml_value
from vaereg.errors import Place, UsageError
from vaereg.kinds import KINDS, Kind
from vaereg.wording import listed, unused

Changes: TypeAlias = "dict[tuple[str, ...], object]"
"""Values by their key paths below a model."""

PARAMS = "params"
"""The option with the component's parameters; errors in the parameters name it as their place."""


@attrs.frozen(kw_only=True)
class Ablation:
    """Two declarations that differ by one component.

    Args:
        named: the requested model.
        without, having: the models without and with the component. One of them is `named`; if
            `sampler` is set, both are. If a component holds a part of its own kind that the named
            model does not have, neither is: `without` has that part alone.
        settings: the overrides that declare the other models.
        sampler: the name of a sampler, or a TOML table with `use` and its parameters, or an empty
            string. A sampler only draws samples, so both sides use the same trained model.
    """

    named: Declaration
    without: Declaration
    having: Declaration
    settings: tuple[str, ...] = ()
    sampler: str = ""


def ablation_of(
    document: Document,
    source: ComponentSource,
    offer: Offer,
    model: str | None = None,
    params: Mapping[str, object] | None = None,
) -> Ablation:
    """Declares a model with and without the component.

    If the model lacks the component, the other model adds it. If the model already has the
    component, a regularizer, discriminator or augmentation, the other model leaves it out. An
    augmentation is added to the training data, or to the latents if it accepts these alone. A
    component that
    holds a part of its own kind is compared with that part alone: it wraps the part of the model,
    or the one that `params` names. A term that replaces one of the objective is compared with it,
    or with the term that replaces it in the model.

    Args:
        document: the registry; it is not changed.
        source: the available components.
        offer: the component.
        model: the model's name; None for `default`.
        params: the component's parameters, and its weight if it has one; None for the defaults.

    Raises:
        UsageError: if the component is of a kind that models do not use, if the model already uses
            it in its only slot of the kind, or if `params` sets `use` or would change the model.
        DeclarationError: if the declaration of either model is invalid.
    """
    kind = KINDS[offer.kind]
    if not kind.key and kind.name != AUGMENTATION:
        raise UsageError(_cannot_be_ablated(kind))
    if params is not None and "use" in params:
        raise UsageError(
            f"{PARAMS}: `use` is already set to {offer.full_name}; give only its parameters, and "
            "its `weight` if it has one"
        )
    named = resolve(document, source, model)
    if kind.name == AUGMENTATION:
        return _of_augmentation(document, source, named, offer, params)
    slots = _slots_of_kind(named, kind)
    used_keys = [slot.key for slot in slots if slot.offer.full_name == offer.full_name]
    inner = _wrapped(offer, source)
    if used_keys and not kind.many and not inner:
        raise UsageError(_used_already(document, named, offer))
    if used_keys and params is not None:
        override_of = dotted(("models", named.model, kind.key, used_keys[0]))
        raise UsageError(_own_parameters(named, offer, f"'{override_of}.NAME=VALUE'"))
    if offer.kind == "sampler":
        sampler = _sampler(document, source, offer, named, params)
        return Ablation(named=named, without=named, having=named, sampler=sampler)
    other = _free_name(document, named.model, "without" if used_keys else "with", offer.name)
    if used_keys:
        using = {slot.key: slot for slot in slots if slot.key in used_keys}
        changed: Changes = {
            ((kind.key, key) if kind.many else (kind.key,)): _part_alone(slot, inner)
            for key, slot in using.items()
        }
        without, settings = _changed_model(document, source, named, other, changed)
        return Ablation(named=named, without=without, having=named, settings=settings)
    key = _free_key(named, kind.name, offer.name)
    path = (kind.key, key) if kind.many else (kind.key,)
    table = {"use": offer.full_name, **(params or {})}
    names_part = inner in table
    if inner and not kind.many and not names_part:
        table[inner] = slot_table(slots[0], held=True)
    changed = {path: table, **_replaced_before(named, offer)}
    having, settings = _changed_model(document, source, named, other, changed)
    part = _part_alone(_slot_at(having, kind, key), inner)
    if part is False or not (kind.many or names_part):
        return Ablation(named=named, without=named, having=having, settings=settings)
    other = _free_name(document, named.model, "without", offer.name)
    without, more = _changed_model(document, source, named, other, {path: part})
    return Ablation(named=named, without=without, having=having, settings=(*settings, *more))


def _own_parameters(named: Declaration, offer: Offer, setting: str) -> str:
    return (
        f"{named.model} already declares {offer.full_name} with its own parameters, and other "
        f"parameters would change that model.\nOmit `{PARAMS}`, or change the model's "
        f"parameters with the override {setting}"
    )


def _of_augmentation(
    document: Document,
    source: ComponentSource,
    named: Declaration,
    offer: Offer,
    params: Mapping[str, object] | None,
) -> Ablation:
    """The model with and without an augmentation; augmented data is a dataset of its own."""
    changed = augmentation_changes(document, named, offer, params)
    if changed.removes and params is not None:
        raise UsageError(_own_parameters(named, offer, f"'{dotted(changed.path)}=[...]'"))
    word = "without" if changed.removes else "with"
    other = _free_name(document, named.model, word, offer.name)
    declared, settings = _changed_model(
        document, source, named, other, changed.of_model, changed.of_data
    )
    without, having = (declared, named) if changed.removes else (named, declared)
    return Ablation(named=named, without=without, having=having, settings=settings)


def _sampler(
    document: Document,
    source: ComponentSource,
    offer: Offer,
    named: Declaration,
    params: Mapping[str, object] | None,
) -> str:
    """The sampler as `RUN@SAMPLER` takes it, once its parameters are found to be right.

    Raises:
        DeclarationError: if they are not; drawing would find it only after the trainings.
        UsageError: if there are none, and the sampler requires some.
    """
    short = offer.distribution == "vaereg"  # built-in components keep their short names
    name = offer.name if short else offer.full_name
    if params is None:
        try:
            offer.component.params()
        except TypeError as error:
            raise UsageError(
                f"the sampler {offer.full_name} needs parameters ({error}); give them as `{PARAMS}`"
            ) from None
        return name
    other = _free_name(document, named.model, "with", offer.name)
    _changed_model(document, source, named, other, {("sampler",): {"use": name, **params}})
    return toml_value({"use": name, **params})


def _wrapped(offer: Offer, source: ComponentSource) -> str:
    """The parameter in which a component holds one of its own kind, or an empty string."""
    if offer.kind == "sampler":
        return ""
    held = held_shapes(offer.kind, offer.full_name, source)
    return next((key for key, shape in held.items() if shape.kind == offer.kind), "")


def _part_alone(slot: Slot, inner: str) -> dict[str, object] | bool:
    """The table of the part that a slot's component holds, in the place of the component itself.

    False, which leaves the entry out, if the component holds none.
    """
    part = getattr(slot.params, inner, None) if inner else None
    if not isinstance(part, Slot):
        return False
    alone = attrs.evolve(
        part, weight=slot.weight, warmup_steps=slot.warmup_steps, optimizer=slot.optimizer
    )
    return slot_table(alone)


def _slot_at(declaration: Declaration, kind: Kind, key: str) -> Slot:
    slots = _slots_of_kind(declaration, kind)
    return next((slot for slot in slots if slot.key == key), slots[0]) if kind.many else slots[0]


def _replaced_before(named: Declaration, offer: Offer) -> Changes:
    """Leaves out the terms that replace what the component replaces, since only one of them may."""
    return {
        (KINDS[slot.kind].key, slot.key): False
        for slot in (*named.regularizers, *named.discriminators)
        if slot.offer.component.replaces & offer.component.replaces
    }


def _changed_model(
    document: Document,
    source: ComponentSource,
    named: Declaration,
    other: str,
    changed: Changes,
    elsewhere: Mapping[tuple[str, ...], object] = MappingProxyType({}),
) -> tuple[Declaration, tuple[str, ...]]:
    """A model that extends `named` with the changes, and the overrides that declare it.

    `elsewhere` are changes outside the model, such as another dataset.
    """
    settings = [f"{dotted(path)}={toml_value(value)}" for path, value in elsewhere.items()]
    settings += [f"{dotted(('models', other, 'extends'))}={toml_value(named.model)}"]
    settings += [
        f"{dotted(('models', other, *path))}={toml_value(value)}" for path, value in changed.items()
    ]
    extended = override(document, settings)
    options = dict(extended.options)
    options |= {("models", other, *path): Place(PARAMS) for path in changed}
    options |= {path: Place(PARAMS) for path in elsewhere}
    extended = attrs.evolve(extended, options=options)
    return resolve(extended, source, other), tuple(settings)


def _slots_of_kind(declaration: Declaration, kind: Kind) -> Sequence[Slot]:
    filled = getattr(declaration, kind.key)
    return filled if kind.many else (filled,)


def _cannot_be_ablated(kind: Kind) -> str:
    ablatable = listed([*(each.name for each in KINDS.values() if each.key), AUGMENTATION])
    instead = {
        "optimizer": "Train the model with each optimizer, over equal seeds, and run "
        "`vaereg compare`.",
        "dataset": "Train on it and look at the samples.",
        "metric": "To see what a metric tells apart, run `vaereg evaluate`; it also shows the "
        "metric's value for real data.",
        "feature_extractor": "To see what a feature extractor tells apart, run an evaluation "
        "with it.",
    }
    return (
        f"the kind `{kind.name}` is not a part of a model, so it cannot be ablated.\n"
        f"{instead.get(kind.name, '')}\nkinds that can be ablated: {ablatable}"
    )


def _used_already(document: Document, named: Declaration, offer: Offer) -> str:
    others = [name for name in document.values.get("models", {}) if name != named.model]
    alternatives = f"\nother models: {listed(others)}" if others else ""
    return (
        f"{named.model} already uses the {offer.kind} {offer.full_name}, so there is nothing to "
        f"compare.\nCompare it with a model that uses another {offer.kind}: give one as `against`, "
        f"or use the override models.{named.model}.{offer.kind}=NAME{alternatives}"
    )


def _free_name(document: Document, model: str, word: str, name: str) -> str:
    """An unused name for the other model; its runs are stored under this name."""
    return unused(f"{model}-{word}-{name}", document.values.get("models", {}))


def _free_key(declaration: Declaration, kind: str, name: str) -> str:
    """An unused key for a regularizer or discriminator; its terms are named after the key."""
    slots = (*declaration.regularizers, *declaration.discriminators)
    taken = {*RESERVED, *keys_of_vaereg(kind), *(slot.key for slot in slots)}
    return unused(name, taken, joint="_")
