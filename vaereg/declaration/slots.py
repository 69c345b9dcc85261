"""The declaration of one slot of a model, or of one dataset -> Slot."""

from __future__ import annotations

from typing import Any

import attrs

from vaereg.component import NAME, Offer, ParamInfo
from vaereg.contracts.addresses import ADDRESSES
from vaereg.contracts.catalog import ComponentSource, UnknownName
from vaereg.declaration.declaration import Slot
from vaereg.declaration.extends import as_table
from vaereg.declaration.shapes.compound import Array
from vaereg.declaration.shapes.optimizers import OPTIMIZER
from vaereg.declaration.shapes.plain import Integer, Text, wrong_type
from vaereg.declaration.shapes.schedules import CriticWeightShape, ScheduleShape
from vaereg.declaration.shapes.structure import UnsupportedTypeError, table_of, where_written
from vaereg.declaration.shapes.tables import Field, Table, within_bounds
from vaereg.declaration.text.findings import FAULT, Fault, Findings
from vaereg.declaration.text.tree import Node, in_words
from vaereg.kinds import KINDS
from vaereg.wording import first_lines, lines, with_article

RESERVED = ("kl", "learning_rate", "loss", "loss_at_final_weights", "reconstruction", *ADDRESSES)
"""Names of the engine's own terms and of the parts that losses are addressed to; no regularizer or
discriminator may use them."""

VAEREG_FIELDS: dict[str, dict[str, Field]] = {
    "dataset": {
        "given": Field(
            shape=Array(Text(), make=lambda names: tuple(dict.fromkeys(names))),
            default=(),
            info=ParamInfo(
                meaning="the conditions that parts are told if they ask for them; labelled data "
                'has "label"'
            ),
        ),
    },
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
}
"""vaereg's own keys in a slot's table, besides the component's parameters, by kind."""


def keys_of_vaereg(kind: str) -> tuple[str, ...]:
    """The keys of a slot's table that are not parameters of its component."""
    return ("use", *VAEREG_FIELDS.get(kind, ()))


def read_slot(
    kind: str, key: str, node: Node, source: ComponentSource, findings: Findings
) -> Slot | Fault:
    """The slot that a node declares, or FAULT if it has problems.

    Args:
        kind: the kind of component.
        key: the slot's key; if a model may hold many of the kind, the key of the entry, which is
            also the component's name unless `use` is given.
        node: a string, or a table.
    """
    before = len(findings)
    if KINDS[kind].many:
        if key in keys_of_vaereg(kind):
            return _misplaced_key(kind, key, node, findings)
        _check_key(kind, key, node, findings)
    if not isinstance(node.value, (str, dict)):
        return _not_a_slot(kind, node, findings)
    table = as_table(node)
    offer = _offer(kind, key, table, source, findings)
    settings = _vaereg_settings(kind, table, findings)
    if offer is FAULT:
        return FAULT
    params = read_params(offer, table, findings)
    if len(findings) > before or params is FAULT:
        return FAULT
    return Slot(
        kind=kind,
        key=key,
        offer=offer,
        params=params,
        place=findings.place(node, "key"),
        **settings,
    )


def default_slot(
    kind: str, node: Node, source: ComponentSource, findings: Findings
) -> Slot | Fault:
    """The default of a slot that the model `node` does not declare; FAULT if there is none."""
    chosen = KINDS[kind]
    if not chosen.default:
        return FAULT
    default = Node((*node.path, chosen.key), chosen.default)
    return read_slot(kind, chosen.key, default, source, findings)


def params_table(offer: Offer) -> Table[attrs.AttrsInstance]:
    """The table of a component's parameters; messages name the component as its owner.

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
    own = keys_of_vaereg(offer.kind)
    hidden = next((key for key in own if key in table.fields), None)
    if hidden is not None:
        raise UnsupportedTypeError(
            f"its parameter `{hidden}` has the same name as vaereg's own key `{hidden}` of every "
            f"{offer.kind}; rename the parameter in {cls.__name__} ({where_written(cls)})"
        )
    return attrs.evolve(table, owner=f"{offer.kind} {offer.full_name}", other_keys=own)


def read_params(offer: Offer, table: Node, findings: Findings) -> attrs.AttrsInstance | Fault:
    """An instance of the component's params class, or FAULT."""
    own = keys_of_vaereg(offer.kind)
    given = Node(table.path, {k: v for k, v in table.table().items() if k not in own})
    try:
        shape = params_table(offer)
    except UnsupportedTypeError as fault:
        message = f"{offer.kind} {offer.full_name} cannot be declared: {fault}"
        hint = f"this is a bug in {offer.distribution} {offer.version}"
        return findings.add("broken-component", message, table, hint, of="key", plugin=True)
    return shape.read(given, findings)


def _offer(
    kind: str, key: str, table: Node, source: ComponentSource, findings: Findings
) -> Offer | Fault:
    use = table.table().get("use")
    name = key if KINDS[kind].many else KINDS[kind].default
    if use is not None:
        if not isinstance(use.value, str):
            return wrong_type(Text(), use, findings)
        name = use.value
    if use is None and not name:
        message = f"`{table.name}` lacks `use`, the name of {with_article(kind)}"
        names = ", ".join(sorted({offer.name for offer in source.offers(kind)}))
        return findings.add("missing-key", message, table, f"installed: {names}", of="key")
    try:
        return source.find(kind, name)
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


def _vaereg_settings(
    kind: str, table: Node, findings: Findings
) -> dict[str, Any]:  # fields of Slot, whose types the shapes in VAEREG_FIELDS read
    """The weight, warm-up, optimizer and conditions, if the kind has them."""
    values: dict[str, object] = {}
    for key, field in VAEREG_FIELDS.get(kind, {}).items():
        node = table.table().get(key)
        if node is None:
            continue
        value = field.shape.read(node, findings)
        if value is not FAULT and within_bounds(field.info, node, value, findings):
            values[key] = value
    return values


def _check_key(kind: str, key: str, node: Node, findings: Findings) -> None:
    if not NAME.fullmatch(key):
        message = f'"{key}" cannot name a {kind}, since its terms in the log are named after it'
        hint = (
            "use lowercase letters, digits and _, and begin with a letter; the component's name "
            "belongs in `use`"
        )
        findings.add("bad-name", message, node, hint, of="key")
    elif key in RESERVED:
        what = "part" if key in ADDRESSES else "term"
        message = f"`{key}` is already the name of a {what} of every model"
        hint = f'choose another name: my_{key} = {{ use = "{key}" }}'
        findings.add("bad-name", message, node, hint, of="key")


def _misplaced_key(kind: str, key: str, node: Node, findings: Findings) -> Fault:
    """Records a key that is one table too high, or an entry with the name of such a key."""
    many = KINDS[kind].key
    message = f"`{key}` belongs in each {kind}'s own table and cannot name {with_article(kind)}"
    hint = f"write {many}.NAME = {{ {key} = ... }}, where NAME is the name of its terms"
    if node.is_table:
        hint = lines(
            hint, f'if you meant a name, choose another: my_{key} = {{ use = "...", ... }}'
        )
    return findings.add("bad-name", message, node, hint, of="key")


def _not_a_slot(kind: str, node: Node, findings: Findings) -> Fault:
    example = KINDS[kind].default or "name"
    return findings.add(
        "wrong-type",
        f"`{node.name}` must name {with_article(kind)}; got {in_words(node.value)}",
        node,
        f'write "{example}", or {{ use = "{example}", ... }} with its parameters',
    )
