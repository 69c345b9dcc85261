"""Shows one component: its parameters, which package provides it, and a snippet to paste."""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING

import attrs

from vaereg.cli.listed_slots import listed_slots
from vaereg.cli.output import print_json
from vaereg.cli.session import opened_registry
from vaereg.cli.snippet import command, default_text, snippet
from vaereg.cli.table import table
from vaereg.cli.terminal import Terminal
from vaereg.component import ANY, Component, Offer
from vaereg.declaration.shapes.structure import Parameter, described, parameters
from vaereg.declaration.slot_keys import VAEREG_FIELDS
from vaereg.discovery.blame import cause
from vaereg.discovery.catalog import Catalog
from vaereg.discovery.source import source_of
from vaereg.errors import PluginError
from vaereg.kinds import KINDS
from vaereg.workflows.named_component import named_component

if TYPE_CHECKING:
    from vaereg.contracts.plain_values import JsonObject


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    parser.add_argument(
        "name",
        metavar="KIND/NAME",
        help="for example decoder/conv; NAME alone if only one kind has it; DISTRIBUTION/NAME; "
        "KIND/DISTRIBUTION/NAME",
    )


def run(args: argparse.Namespace) -> int:
    """Prints the description."""
    catalog = opened_registry(args).catalog
    offer = named_component(args.name, catalog)
    declared = parameters_of(offer)
    beside = slot_parameters(offer.kind)
    short = not catalog.shadowed(offer)
    text = snippet(offer, declared, beside, short=short)
    used_by = command(offer, declared, short=short)
    if args.json:
        print_json({"component": _as_dict(offer, declared, text, used_by, catalog)})
        return 0
    terminal = Terminal(sys.stdout, args.color)
    component = offer.component
    terminal.print(terminal.style(f"{offer.kind} {component.name}", "bold"))
    terminal.print(component.summary or "(no summary)")
    terminal.print()
    facts = (
        ("from", f"{offer.distribution} {offer.version}".strip()),
        ("kind", KINDS[offer.kind].summary),
        ("name", catalog.shadowed(offer)),
        ("data", ", ".join(sorted(component.for_data))),
        ("reference", component.reference),
        ("tags", ", ".join(sorted(component.tags))),
        ("replaces", ", ".join(sorted(component.replaces))),
        ("goes with", _companions(component)),
        ("asks for", ", ".join(sorted(component.given))),
        ("may be told", ", ".join(sorted(component.may_be_given)).replace(ANY, "everything")),
        ("factory", component.factory),
        ("source", source_of(component.factory)),
        ("api", str(component.api)),
        ("deprecated", component.deprecated),
        ("use instead", component.replaced_by),
    )
    for key, value in facts:
        if value:
            terminal.print(f"{key + ':':<13}{value}")
    terminal.print()
    _print_parameters(declared, terminal)
    if beside:
        terminal.print("\nalso, for every " + offer.kind + ":")
        _print_parameters(beside, terminal)
    if text:
        terminal.print_heading("to paste into registry.toml:")
        terminal.print(text)
    if used_by:
        terminal.print_heading("used by:")
        terminal.print(used_by)
    return 0


def parameters_of(offer: Offer) -> tuple[Parameter, ...]:
    """The parameters of the component.

    Raises:
        PluginError: if it declares a parameter that TOML cannot express.
    """
    try:
        return parameters(offer.component.params)
    except KeyboardInterrupt:
        raise
    except BaseException as fault:  # a default's own factory may raise anything
        raise PluginError(
            f"the parameters of {offer.kind} `{offer.full_name}` ({offer.distribution} "
            f"{offer.version}) cannot be shown: {cause(fault)}"
        ) from fault


def slot_parameters(kind: str) -> tuple[Parameter, ...]:
    """The keys of the slot itself, in the same table as the component's parameters."""
    return described(VAEREG_FIELDS.get(kind, {}))


def _companions(component: Component) -> str:
    """The parts beside which a component works, such as `encoder bottom_up`."""
    return "; ".join(
        f"{kind} {' or '.join(sorted(names))}" for kind, names in component.goes_with.items()
    )


def _print_parameters(declared: tuple[Parameter, ...], terminal: Terminal) -> None:
    if not declared:
        terminal.print("no parameters")
        return
    headers = ("parameter", "type", "default", "allowed", "unit", "meaning")
    rows = [
        (
            each.name,
            re.sub(r"^an? ", "", each.type),
            _default_text(each),
            each.allowed,
            each.unit,
            each.meaning,
        )
        for each in declared
    ]
    terminal.print(table(headers, rows, terminal))


def _default_text(parameter: Parameter) -> str:
    if parameter.required:
        return "(required)"
    return "(none)" if parameter.default is None else default_text(parameter.default)


def _as_dict(
    offer: Offer, declared: tuple[Parameter, ...], text: str, used_by: str, catalog: Catalog
) -> JsonObject:
    component = offer.component
    return {
        "kind": offer.kind,
        "name": component.name,
        "full_name": offer.full_name,
        "distribution": offer.distribution,
        "version": offer.version,
        "entry": offer.entry,
        "summary": component.summary,
        "reference": component.reference,
        "factory": component.factory,
        "source": source_of(component.factory),
        "api": component.api,
        "for_data": sorted(component.for_data),
        "tags": sorted(component.tags),
        "replaces": sorted(component.replaces),
        "goes_with": {kind: sorted(names) for kind, names in component.goes_with.items()},
        "given": sorted(component.given),
        "may_be_given": sorted(component.may_be_given),
        "deprecated": component.deprecated,
        "replaced_by": component.replaced_by,
        "shadowed": catalog.shadowed(offer),
        "parameters": [attrs.asdict(each) for each in declared],
        "slots": listed_slots(offer),
        "snippet": text,
        "command": used_by,
    }
