"""An ablation: a model with and without one component, as two declarations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from vaereg.component import Offer
from vaereg.contracts.catalog import ComponentSource
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.declaration.resolve import resolve
from vaereg.declaration.slot_keys import RESERVED, keys_of_vaereg
from vaereg.declaration.text.document import Document
from vaereg.declaration.text.override import override
from vaereg.declaration.text.tree import dotted
from vaereg.declaration.write import toml_value
from vaereg.errors import Place, UsageError
from vaereg.kinds import KINDS, Kind
from vaereg.wording import listed

PARAMS = "params"
"""The option with the component's parameters; errors in the parameters name it as their place."""


@attrs.frozen(kw_only=True)
class Ablation:
    """Two declarations that differ by one component.

    Args:
        named: the requested model.
        without, having: the models without and with the component. One of them is `named`; if
            `sampler` is set, both are.
        settings: the overrides that declare the other model.
        sampler: the name of a sampler, or an empty string. A sampler only draws samples, so both
            sides use the same trained model.
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
    component, a regularizer or discriminator, the other model leaves it out.

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
    if not kind.key:
        raise UsageError(_cannot_be_ablated(kind))
    if params is not None and "use" in params:
        raise UsageError(
            f"{PARAMS}: `use` is already set to {offer.full_name}; give only its parameters, and "
            "its `weight` if it has one"
        )
    named = resolve(document, source, model)
    slots = _slots_of_kind(named, kind)
    used_keys = [slot.key for slot in slots if slot.offer.full_name == offer.full_name]
    if used_keys and not kind.many:
        raise UsageError(_used_already(document, named, offer))
    if used_keys and params is not None:
        raise UsageError(
            f"{named.model} already declares {offer.full_name} with its own parameters, and other "
            f"parameters would change that model.\nOmit `{PARAMS}`, or change the model's "
            "parameters with the override "
            f"'{dotted(('models', named.model, kind.key, used_keys[0]))}.NAME=VALUE'"
        )
    if offer.kind == "sampler" and params is None:
        short = offer.distribution == "vaereg"  # built-in components keep their short names
        sampler = offer.name if short else offer.full_name
        return Ablation(named=named, without=named, having=named, sampler=sampler)
    other = _free_name(document, named.model, "without" if used_keys else "with", offer.name)
    if used_keys:
        changed: dict[tuple[str, ...], object] = {(kind.key, key): False for key in used_keys}
        return _with_changed_model(document, source, named, other, changed, gains=False)
    path = (kind.key, _free_key(named, kind.name, offer.name)) if kind.many else (kind.key,)
    slot = {"use": offer.full_name, **(params or {})}
    return _with_changed_model(document, source, named, other, {path: slot}, gains=True)


def _with_changed_model(
    document: Document,
    source: ComponentSource,
    named: Declaration,
    other: str,
    changed: Mapping[tuple[str, ...], object],
    *,
    gains: bool,
) -> Ablation:
    """The ablation of `named` and a model that extends it with the changes."""
    settings = [f"{dotted(('models', other, 'extends'))}={toml_value(named.model)}"]
    settings += [
        f"{dotted(('models', other, *path))}={toml_value(value)}" for path, value in changed.items()
    ]
    extended = override(document, settings)
    options = dict(extended.options)
    options |= {("models", other, *path): Place(PARAMS) for path in changed}
    extended = attrs.evolve(extended, options=options)
    changed_model = resolve(extended, source, other)
    return Ablation(
        named=named,
        without=named if gains else changed_model,
        having=changed_model if gains else named,
        settings=tuple(settings),
    )


def _slots_of_kind(declaration: Declaration, kind: Kind) -> Sequence[Slot]:
    filled = getattr(declaration, kind.key)
    return filled if kind.many else (filled,)


def _cannot_be_ablated(kind: Kind) -> str:
    ablatable = listed([each.name for each in KINDS.values() if each.key])
    instead = {
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
    taken = document.values.get("models", {})
    wanted = f"{model}-{word}-{name}"
    free, number = wanted, 2
    while free in taken:
        free, number = f"{wanted}-{number}", number + 1
    return free


def _free_key(declaration: Declaration, kind: str, name: str) -> str:
    """An unused key for a regularizer or discriminator; its terms are named after the key."""
    slots = (*declaration.regularizers, *declaration.discriminators)
    taken = {*RESERVED, *keys_of_vaereg(kind), *(slot.key for slot in slots)}
    free, number = name, 2
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free
