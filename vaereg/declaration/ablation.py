"""An ablation: a model with and without one component, as two declarations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from vaereg.component import Offer
from vaereg.contracts.catalog import ComponentSource
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.declaration.resolve import resolve
from vaereg.declaration.slots import RESERVED, keys_of_vaereg
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
        without, having: the model without the component and with it. One of them is `named`; if
            `sampler` is set, both are.
        settings: the values of `--set` that declare the other model.
        sampler: the name of a sampler, or an empty string. A sampler only draws samples, so one
            trained model serves both sides.
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
    """Declares a model with the component and without it.

    If the model lacks the component, the other model adds it. If the model already has the
    component, a regularizer or discriminator, the other model leaves it out.

    Args:
        document: the registry; it is not changed.
        source: the available components.
        offer: the component.
        model: the model's name; None for `default`.
        params: the component's parameters, and its weight if it has one; None for the defaults.

    Raises:
        UsageError: if no slot of a model takes the component, if the model already uses it in its
            only slot of the kind, or if `params` contains `use` or would change the model.
        DeclarationError: if the declaration of either model is invalid.
    """
    kind = KINDS[offer.kind]
    if not kind.key:
        raise UsageError(_no_part(kind))
    if params is not None and "use" in params:
        raise UsageError(
            f"{PARAMS}: `use` is {offer.full_name} already; give parameters, and `weight` where "
            "it has one"
        )
    named = resolve(document, source, model)
    held = [slot.key for slot in _parts(named, kind) if slot.offer.full_name == offer.full_name]
    if held and not kind.many:
        raise UsageError(_used_already(document, named, offer))
    if held and params is not None:
        raise UsageError(
            f"{named.model} declares {offer.full_name} with parameters of its own, so other "
            f"parameters would change what it is.\nLeave {PARAMS} out, or change them in the model "
            f"with the override '{dotted(('models', named.model, kind.key, held[0]))}.NAME=VALUE'"
        )
    if offer.kind == "sampler" and params is None:
        short = offer.distribution == "vaereg"  # built-in components keep their short names
        sampler = offer.name if short else offer.full_name
        return Ablation(named=named, without=named, having=named, sampler=sampler)
    other = _free_name(document, named.model, "without" if held else "with", offer.name)
    if held:
        changed: dict[tuple[str, ...], object] = {(kind.key, key): False for key in held}
        return _declared(document, source, named, other, changed, gains=False)
    path = (kind.key, _free_key(named, kind.name, offer.name)) if kind.many else (kind.key,)
    slot = {"use": offer.full_name, **(params or {})}
    return _declared(document, source, named, other, {path: slot}, gains=True)


def _declared(
    document: Document,
    source: ComponentSource,
    named: Declaration,
    other: str,
    changed: Mapping[tuple[str, ...], object],
    *,
    gains: bool,
) -> Ablation:
    """The two declarations: `named`, and a model that extends it with the changes."""
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


def _parts(declaration: Declaration, kind: Kind) -> Sequence[Slot]:
    filled = getattr(declaration, kind.key)
    return filled if kind.many else (filled,)


def _no_part(kind: Kind) -> str:
    able = listed([each.name for each in KINDS.values() if each.key])
    instead = {
        "dataset": "Train on it and look at the samples.",
        "metric": "What a metric tells apart shows `vaereg evaluate`, beside real data.",
        "feature_extractor": "What features tell apart shows an evaluation with this extractor.",
    }
    return (
        f"the kind `{kind.name}` is no part of a model, so no model can be trained without it.\n"
        f"{instead.get(kind.name, '')}\nkinds that can be ablated: {able}"
    )


def _used_already(document: Document, named: Declaration, offer: Offer) -> str:
    others = [name for name in document.values.get("models", {}) if name != named.model]
    alternatives = f"\nother models: {listed(others)}" if others else ""
    return (
        f"{named.model} uses the {offer.kind} {offer.full_name} already, so it cannot be its own "
        f"opponent.\nHold it against a model that uses another {offer.kind}: name one as "
        f"`against`, or use the override models.{named.model}.{offer.kind}=NAME{alternatives}"
    )


def _free_name(document: Document, model: str, word: str, name: str) -> str:
    """A free name for the other model; its runs are stored under this name."""
    taken = document.values.get("models", {})
    wanted = f"{model}-{word}-{name}"
    found, number = wanted, 2
    while found in taken:
        found, number = f"{wanted}-{number}", number + 1
    return found


def _free_key(declaration: Declaration, kind: str, name: str) -> str:
    """A free key for a regularizer or discriminator; its terms are named after the key."""
    slots = (*declaration.regularizers, *declaration.discriminators)
    taken = {*RESERVED, *keys_of_vaereg(kind), *(slot.key for slot in slots)}
    found, number = name, 2
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    return found
