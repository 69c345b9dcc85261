"""Checks whether the parts of a model fit together, as far as their declarations show."""

from __future__ import annotations

from collections.abc import Mapping

from vaereg.component import LATENT
from vaereg.contracts.addresses import PARTS, SIDES, VAE
from vaereg.contracts.catalog import ComponentSource
from vaereg.contracts.slot import held_slots
from vaereg.declaration.declaration import KLControl, Slot
from vaereg.declaration.text.findings import FAULT, Fault, Findings
from vaereg.declaration.text.tree import Node, toml_key
from vaereg.kinds import KINDS
from vaereg.wording import did_you_mean, lines, listed

IMPORTANCE = "importance"
"""The tag of an objective with importance weights, which has no separate KL divergence."""


def check_fit(
    data: Slot | Fault,
    slots: Mapping[str, Slot | Fault],
    many: Mapping[str, tuple[Slot, ...]],
    kl: KLControl | Fault,
    model: Node,
    source: ComponentSource,
    findings: Findings,
) -> None:
    """Records slots whose parts cannot work together; skips slots that are FAULT."""
    filled = [slot for slot in slots.values() if slot is not FAULT]
    filled += [slot for group in many.values() for slot in group]
    if data is not FAULT:
        for slot in filled:
            node = _node_of(slot, model)
            _check_form(slot, data, node, source, findings)
            _check_told(slot, data, model, findings)
            for key, held in held_slots(slot):
                below = _node_below(node, key)
                _check_form(held, data, below, source, findings)
                _check_held_is_told(held, slot, data, below, findings)
    for slot in filled:
        _check_companions(slot, slots, model, findings)
    objective = slots["objective"]
    if objective is not FAULT and kl is not FAULT:
        _check_kl(objective, kl, model, findings)
    _check_replaced(many, model, findings)
    discriminator_keys = {slot.key for slot in many["discriminators"]}
    for slot in many["regularizers"]:
        if slot.key in discriminator_keys:
            message = f"a regularizer and a discriminator are both named `{slot.key}`"
            hint = f'rename one of them: my_{slot.key} = {{ use = "{slot.key}" }}'
            findings.add("bad-name", message, _node_of(slot, model), hint, of="key")


def check_optimizers(
    optimizers: Mapping[str, Node],
    many: Mapping[str, tuple[Slot, ...]],
    findings: Findings,
) -> None:
    """Records entries of [train.optimizers] that name neither a part nor a term of the model.

    Args:
        optimizers: the entries.
        many: the regularizers and discriminators of the model.
        findings: receives the problems.
    """
    terms = {slot.key: slot for group in many.values() for slot in group}
    known = (VAE, *SIDES, *PARTS, *terms)
    for key, node in optimizers.items():
        if key not in known:
            message = f"`{key}` is neither a part nor a term of the model"
            hint = lines(did_you_mean(key, known), "known: " + ", ".join(known))
            findings.add("unknown-key", message, node, hint, of="key")
        elif key in terms and terms[key].optimizer is not None:
            message = f"{terms[key].kind} `{key}` has two optimizers"
            hint = f"remove this one, or `optimizer` of the {terms[key].kind}"
            findings.add("too-many-keys", message, node, hint, of="key")


def _check_companions(
    slot: Slot, slots: Mapping[str, Slot | Fault], model: Node, findings: Findings
) -> None:
    """Records a part that works only beside others than the declared ones."""
    for kind, names in slot.offer.component.goes_with.items():
        other = slots.get(KINDS[kind].key)
        if other is None or other is FAULT or other.offer.name in names:
            continue
        wanted = " or ".join(f"{kind} {name!r}" for name in sorted(names))
        findings.add(
            "does-not-fit",
            f"{slot.offer.label} works only with {wanted}; this model has {other.offer.label}",
            _node_of(slot, model),
            f'write {KINDS[kind].key} = "{sorted(names)[0]}", or choose another {slot.kind}',
            of="key",
        )


def _check_replaced(many: Mapping[str, tuple[Slot, ...]], model: Node, findings: Findings) -> None:
    """Records terms of the objective that two regularizers or discriminators replace."""
    first: dict[str, Slot] = {}
    for slot in (each for group in many.values() for each in group):
        for name in sorted(slot.offer.component.replaces):
            before = first.setdefault(name, slot)
            if before is not slot:
                message = (
                    f"{before.kind} `{before.key}` and {slot.kind} `{slot.key}` both replace the "
                    f"term `{name}` of the objective"
                )
                findings.add(
                    "does-not-fit", message, _node_of(slot, model), "keep one of them", of="key"
                )


def _check_form(
    slot: Slot, data: Slot, node: Node, source: ComponentSource, findings: Findings
) -> None:
    provided, accepted = data.offer.component.for_data, slot.offer.component.for_data
    if provided & accepted or LATENT in accepted:
        return
    fitting = {o.name for o in source.offers(slot.kind) if o.component.for_data & provided}
    findings.add(
        "wrong-data-form",
        f"{slot.kind} {slot.offer.full_name} accepts {_forms_in_words(accepted)}; "
        f"dataset {data.offer.full_name} provides {_forms_in_words(provided)}",
        node,
        f"for {_forms_in_words(provided)}: {listed(sorted(fitting))}",
    )


def _check_told(slot: Slot, data: Slot, model: Node, findings: Findings) -> None:
    """Records a component that asks for conditions that the data does not hand out."""
    missing = sorted(slot.offer.component.given - set(data.given))
    if not missing:
        return
    given = ", ".join(f'"{each}"' for each in (*data.given, *missing))
    findings.add(
        "does-not-fit",
        f"{slot.kind} {slot.offer.full_name} asks for {listed(missing)}, which the data "
        f"`{data.key}` does not give",
        _node_of(slot, model),
        f"write given = [{given}] in [data.{toml_key(data.key)}], if the data has it; labelled "
        'data has "label"',
    )


def _check_held_is_told(
    held: Slot, holder: Slot, data: Slot, node: Node, findings: Findings
) -> None:
    """Records a held component that asks for conditions that its holder is not told."""
    missing = sorted(held.offer.component.given - set(holder.offer.component.told(data.given)))
    if missing:
        findings.add(
            "does-not-fit",
            f"{held.kind} {held.offer.full_name} asks for {listed(missing)}, which {holder.kind} "
            f"{holder.offer.full_name}, which holds it, is not told",
            node,
            f"use another {held.kind} here",
        )


def _check_kl(objective: Slot, kl: KLControl, model: Node, findings: Findings) -> None:
    if IMPORTANCE not in objective.offer.component.tags:
        return
    table = model.table()["kl"].table() if "kl" in model.table() else {}
    for key, used in (("free_bits", kl.free_bits > 0), ("capacity", kl.capacity is not None)):
        if used:
            message = (
                f"`{key}` has no effect with objective {objective.offer.full_name}, which has "
                "no separate KL divergence"
            )
            hint = f'remove `{key}`, or use objective = "elbo"'
            findings.add("does-not-fit", message, table[key], hint, of="key")


def _node_of(slot: Slot, model: Node) -> Node:
    """The node that declares the slot; for a default, the node of the model."""
    kind = KINDS[slot.kind]
    node = model.table().get(kind.key)
    if node is not None and kind.many:
        node = node.table().get(slot.key)
    return model if node is None else node


def _node_below(node: Node, key: str) -> Node:
    """The node at a dotted key below another one, or the last on the way that is declared."""
    for each in key.split("."):
        inside: Mapping[str, Node] = {str(i): one for i, one in enumerate(node.elements())}
        below = (inside or node.table()).get(each)
        if below is None:
            return node
        node = below
    return node


def _forms_in_words(forms: frozenset[str]) -> str:
    return " or ".join(f"{form}s" for form in sorted(forms))
