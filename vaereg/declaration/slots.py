"""The declaration of one slot of a model, or of one dataset -> Slot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from vaereg.component import NAME
from vaereg.contracts.addresses import ADDRESSES
from vaereg.contracts.catalog import ComponentSource
from vaereg.contracts.slot import Slot
from vaereg.declaration.augmentations import check_augmented, with_keys
from vaereg.declaration.extends import as_table
from vaereg.declaration.names_in_slots import find_offer
from vaereg.declaration.optimizers.read_optimizers import with_optimizers
from vaereg.declaration.read_params import found_offer, looked_up_shape, read_params
from vaereg.declaration.shapes.tables import within_bounds
from vaereg.declaration.slot_keys import RESERVED, VAEREG_FIELDS, keys_of_vaereg
from vaereg.declaration.text.findings import FAULT, Fault, Findings
from vaereg.declaration.text.tree import Node, in_words
from vaereg.kinds import KINDS
from vaereg.wording import lines, with_article


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
    implied = key if KINDS[kind].many else KINDS[kind].default
    offer = found_offer(kind, implied, table, source, findings, find_offer)
    settings = _vaereg_settings(kind, table, source, findings)
    if offer is FAULT:
        return FAULT
    if settings is not FAULT and "augment" in settings:
        augment, provided = table.table()["augment"], offer.component.for_data
        check_augmented(settings["augment"], augment, provided, source, findings)
    params = read_params(offer, table, source, findings, kind=kind)
    if len(findings) > before or params is FAULT or settings is FAULT:
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


def _vaereg_settings(
    kind: str, table: Node, source: ComponentSource, findings: Findings
) -> dict[str, Any] | Fault:  # fields of Slot, whose types the shapes in VAEREG_FIELDS read
    """The weight, warm-up, optimizer, conditions and augmentations of the kind; FAULT if one is
    wrong."""
    values: dict[str, object] = {}
    right = True
    for key, field in VAEREG_FIELDS.get(kind, {}).items():
        node = table.table().get(key)
        if node is None:
            continue
        shape = with_optimizers(looked_up_shape(field.shape, source), source)
        value = shape.read(node, findings)
        if value is not FAULT and within_bounds(field.info, node, value, findings):
            if key == "augment":
                value = with_keys(cast("Sequence[Slot]", value))
            elif key == "given":  # a condition that is named twice is handed out once
                value = tuple(dict.fromkeys(cast("Sequence[str]", value)))
            values[key] = value
        else:
            right = False
    return values if right else FAULT


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
