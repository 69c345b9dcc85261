"""One slot of a model, or one dataset, as declared -> Part."""

from __future__ import annotations

from typing import Any

import attrs

from vaereg.component import NAME, Offer, ParamInfo
from vaereg.contracts.catalog import ComponentSource, UnknownName
from vaereg.kinds import KINDS
from vaereg.spec.declaration import ONE, Part
from vaereg.spec.extends import as_table
from vaereg.spec.findings import FAULT, Findings
from vaereg.spec.optimizers import OPTIMIZER
from vaereg.spec.schedules import CriticWeightShape, ScheduleShape
from vaereg.spec.shapes import Integer, Text, wrong_type
from vaereg.spec.structure import UnsupportedTypeError, table_of
from vaereg.spec.tables import Field, Table, within
from vaereg.spec.tree import Node, in_words

RESERVED = ("kl", "learning_rate", "loss", "reconstruction")
"""Names of terms of the engine's own, which no regularizer or discriminator may take."""

BESIDE: dict[str, dict[str, Field]] = {
    "regularizer": {
        "weight": Field(
            shape=ScheduleShape(),
            default=1.0,
            info=ParamInfo(meaning="the weight of the penalty in the loss"),
        ),
    },
    "discriminator": {
        "weight": Field(
            shape=CriticWeightShape(),
            default=1.0,
            info=ParamInfo(meaning="the weight of its verdict in the VAE's loss", ge=0),
        ),
        "warmup_steps": Field(
            shape=Integer(),
            default=0,
            info=ParamInfo(meaning="how long it learns before it counts", ge=0, unit="steps"),
        ),
        "optimizer": Field(
            shape=OPTIMIZER,
            info=ParamInfo(meaning="its own optimizer; left out: that of [train]"),
        ),
    },
}
"""Keys that stand beside a component's parameters, by kind, and are vaereg's own."""


def read_slot(
    kind: str, key: str, node: Node, source: ComponentSource, findings: Findings
) -> Part | Any:
    """The part that a slot declares, or FAULT where problems were noted.

    Args:
        kind: the kind of component.
        key: the key of an entry where a model holds many, and then its component's name unless
            `use` is given; else the slot's own key.
        node: a string, or a table.
    """
    if not isinstance(node.value, (str, dict)):
        return _no_slot(kind, node, findings)
    before = len(findings)
    if KINDS[kind].many:
        _check_key(kind, key, node, findings)
    table = as_table(node)
    offer = _offer(kind, key, table, source, findings)
    beside = _beside(kind, table, findings)
    if offer is FAULT:
        return FAULT
    params = read_params(offer, table, findings)
    if len(findings) > before or params is FAULT:
        return FAULT
    return Part(
        kind=kind, key=key, offer=offer, params=params, place=findings.place(node, "key"), **beside
    )


def default_slot(kind: str, node: Node, source: ComponentSource, findings: Findings) -> Part | Any:
    """The part of a slot that the model `node` says nothing of."""
    chosen = KINDS[kind]
    if not chosen.default:
        return FAULT
    made = Node((*node.path, chosen.key), chosen.default)
    return read_slot(kind, chosen.key, made, source, findings)


def params_table(offer: Offer) -> Table:
    """The table of a component's parameters, owned by it in messages.

    Raises:
        UnsupportedTypeError: if its params class declares what TOML cannot give.
    """
    return attrs.evolve(
        table_of(offer.component.params),
        owner=f"{offer.kind} {offer.full_name}",
        beside=("use", *BESIDE.get(offer.kind, ())),
    )


def read_params(offer: Offer, table: Node, findings: Findings) -> Any:
    """An instance of the component's params class, or FAULT."""
    beside = {"use", *BESIDE.get(offer.kind, ())}
    given = Node(table.path, {k: v for k, v in table.table().items() if k not in beside})
    try:
        shape = params_table(offer)
    except UnsupportedTypeError as fault:
        message = f"{offer.kind} {offer.full_name} cannot be declared: {fault}"
        hint = f"this is a fault of {offer.distribution} {offer.version}"
        return findings.add("broken-component", message, table, hint, of="key", plugin=True)
    return shape.read(given, findings)


def _offer(
    kind: str, key: str, table: Node, source: ComponentSource, findings: Findings
) -> Offer | Any:
    use = table.table().get("use")
    if use is not None and not isinstance(use.value, str):
        return wrong_type(Text(), use, findings)
    implied = key if KINDS[kind].many else KINDS[kind].default
    if use is None and not implied:
        message = f"`{table.name}` lacks `use`, the name of a {kind}"
        names = ", ".join(sorted({offer.name for offer in source.offers(kind)}))
        return findings.add("missing-key", message, table, f"installed: {names}", of="key")
    try:
        return source.find(kind, implied if use is None else use.value)
    except UnknownName as fault:
        node, of = (table, "key") if use is None else (use, "value")
        code = "unavailable-component" if fault.broken else "unknown-component"
        return findings.add(
            code,
            fault.message,
            node,
            fault.hint,
            of="key" if of == "key" else "value",
            plugin=fault.broken,
        )


def _beside(kind: str, table: Node, findings: Findings) -> dict[str, Any]:
    """Weight, warm-up and optimizer, where the kind has them."""
    values: dict[str, Any] = {"weight": ONE} if kind in BESIDE else {}
    for key, field in BESIDE.get(kind, {}).items():
        node = table.table().get(key)
        if node is None:
            continue
        value = field.shape.read(node, findings)
        if value is not FAULT and within(field.info, node, value, findings):
            values[key] = value
    return values


def _check_key(kind: str, key: str, node: Node, findings: Findings) -> None:
    if not NAME.fullmatch(key):
        message = f'"{key}" cannot name a {kind}: its terms in the log are called after it'
        hint = "small letters, digits and _, a letter first; the component's name goes into `use`"
        findings.add("bad-name", message, node, hint, of="key")
    elif key in RESERVED:
        message = f"`{key}` is the name of a term that every model has"
        hint = f'call it otherwise: my_{key} = {{ use = "{key}" }}'
        findings.add("bad-name", message, node, hint, of="key")


def _no_slot(kind: str, node: Node, findings: Findings) -> Any:
    example = KINDS[kind].default or "name"
    return findings.add(
        "wrong-type",
        f"`{node.name}` must name a {kind}; got {in_words(node.value)}",
        node,
        f'write "{example}", or {{ use = "{example}", ... }} with its parameters',
    )
