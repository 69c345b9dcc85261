"""A model with a component and without it, as two declarations."""

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

PARAMS = "--params"
"""The option that gives the component's parameters; faults in them are placed there."""


@attrs.frozen(kw_only=True)
class Ablation:
    """Two declarations that differ by one component.

    Args:
        named: the model as it was asked for.
        without, having: the model without the component and with it; one of them is `named`.
            Equal where `sampler` is set.
        settings: what `--set` declares the other one by.
        sampler: set where one trained model serves both sides, since the component only draws
            samples from it.
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

    A model that lacks it gets it; of a regularizer or discriminator that the model holds, it is
    the other side that is made, by taking it away.

    Args:
        document: the registry; what it declares is not touched.
        source: the components there are.
        offer: the component.
        model: its name; None for `default`.
        params: the component's parameters, and its weight where it has one; None for its defaults.

    Raises:
        UsageError: if no model can hold the component, or there is nothing to hold it against.
        DeclarationError: if the model, or the model with the component, is declared wrongly.
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
    held = [part.key for part in _parts(named, kind) if part.offer.full_name == offer.full_name]
    if held and not kind.many:
        raise UsageError(_used_already(document, named, offer))
    if held and params is not None:
        raise UsageError(
            f"{named.model} declares {offer.full_name} with parameters of its own, so {PARAMS} "
            "would change what it is.\nLeave it out, or change them in the model: "
            f"--set '{dotted(('models', named.model, kind.key, held[0]))}.NAME=VALUE'"
        )
    if offer.kind == "sampler" and params is None:
        short = offer.distribution == "vaereg"  # which nobody can take from a built-in one
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
    """The two declarations: a model and one that extends it with those changes."""
    settings = [f"{dotted(('models', other, 'extends'))}={toml_value(named.model)}"]
    settings += [
        f"{dotted(('models', other, *path))}={toml_value(value)}" for path, value in changed.items()
    ]
    beside = override(document, settings)
    options = dict(beside.options)
    options |= {("models", other, *path): Place(PARAMS) for path in changed}
    beside = attrs.evolve(beside, options=options)
    made = resolve(beside, source, other)
    return Ablation(
        named=named,
        without=named if gains else made,
        having=made if gains else named,
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
        "feature_extractor": "What features tell apart shows `vaereg evaluate --features NAME`.",
    }
    return (
        f"the kind `{kind.name}` is no part of a model, so no model can be trained without it.\n"
        f"{instead.get(kind.name, '')}\nkinds that can be ablated: {able}"
    )


def _used_already(document: Document, named: Declaration, offer: Offer) -> str:
    others = [name for name in document.values.get("models", {}) if name != named.model]
    told = f"\nother models: {listed(others)}" if others else ""
    return (
        f"{named.model} uses the {offer.kind} {offer.full_name} already, so it cannot be its own "
        f"opponent.\nHold it against a model that uses another {offer.kind}: --against MODEL, or "
        f"--set models.{named.model}.{offer.kind}=NAME{told}"
    )


def _free_name(document: Document, model: str, word: str, name: str) -> str:
    """What the other side is called; its runs lie under that name."""
    taken = document.values.get("models", {})
    wanted = f"{model}-{word}-{name}"
    found, number = wanted, 2
    while found in taken:
        found, number = f"{wanted}-{number}", number + 1
    return found


def _free_key(declaration: Declaration, kind: str, name: str) -> str:
    """The key of a regularizer or discriminator, after which its terms are called."""
    parts = (*declaration.regularizers, *declaration.discriminators)
    taken = {*RESERVED, *keys_of_vaereg(kind), *(part.key for part in parts)}
    found, number = name, 2
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    return found
