"""Shows one component: what it does, its parameters, whom it comes from, and what to paste."""

from __future__ import annotations

import argparse
import re
import sys
from typing import Any, NoReturn

import attrs

from vaereg.cli.output import print_json
from vaereg.cli.snippet import command, default_text, snippet
from vaereg.cli.table import table
from vaereg.cli.terminal import Terminal
from vaereg.component import Offer
from vaereg.contracts.catalog import UnknownName
from vaereg.declaration.slots import BESIDE
from vaereg.declaration.structure import Parameter, described, parameters
from vaereg.discovery.blame import cause
from vaereg.discovery.catalog import Catalog
from vaereg.discovery.entry_points import normalized
from vaereg.discovery.source import source_of
from vaereg.errors import PluginError, UsageError
from vaereg.kinds import KINDS
from vaereg.wording import did_you_mean, lines, listed
from vaereg.workflows.open_registry import as_error, open_catalog


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what only this command takes."""
    parser.add_argument(
        "name",
        metavar="KIND/NAME",
        help="such as decoder/conv; NAME alone where one kind has it; DISTRIBUTION/NAME; "
        "KIND/DISTRIBUTION/NAME",
    )


def run(args: argparse.Namespace) -> int:
    """Prints the description."""
    catalog = open_catalog(args)
    offer = offer_of(args.name, catalog)
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
        terminal.print("\nbeside them, for every " + offer.kind + ":")
        _print_parameters(beside, terminal)
    if text:
        terminal.print()
        terminal.print(terminal.style("to paste into registry.toml:", "bold"))
        terminal.print(text)
    if used_by:
        terminal.print()
        terminal.print(terminal.style("used by:", "bold"))
        terminal.print(used_by)
    return 0


def parameters_of(offer: Offer) -> tuple[Parameter, ...]:
    """What the component takes.

    Raises:
        PluginError: if it declares a parameter that TOML cannot give.
    """
    try:
        return parameters(offer.component.params)
    except Exception as fault:  # a default's own factory may raise anything
        raise PluginError(
            f"the parameters of {offer.kind} `{offer.full_name}` ({offer.distribution} "
            f"{offer.version}) cannot be told: {cause(fault)}"
        ) from fault


def slot_parameters(kind: str) -> tuple[Parameter, ...]:
    """The keys that stand beside the parameters of any component of that kind."""
    return described(BESIDE.get(kind, {}))


def _print_parameters(declared: tuple[Parameter, ...], terminal: Terminal) -> None:
    if not declared:
        terminal.print("no parameters")
        return
    headers = ("parameter", "type", "default", "allowed", "unit", "meaning")
    rows = [
        (
            each.name,
            re.sub(r"^an? ", "", each.type),
            _default(each),
            each.allowed,
            each.unit,
            each.meaning,
        )
        for each in declared
    ]
    terminal.print(table(headers, rows, terminal))


def _default(parameter: Parameter) -> str:
    if parameter.required:
        return "(required)"
    return "(none)" if parameter.default is None else default_text(parameter.default)


def offer_of(asked: str, catalog: Catalog) -> Offer:
    """The component that `KIND/NAME`, `NAME`, `DISTRIBUTION/NAME` or all three together mean.

    Raises:
        UsageError: if nothing or more than one thing is meant.
        PluginError: if a plugin that cannot be used is to blame.
    """
    head, _, rest = asked.partition("/")
    try:
        if head in KINDS and rest:
            return catalog.find(head, rest)
        name = asked if rest else head
        meant = []
        for kind in KINDS:
            try:
                meant.append(catalog.find(kind, name))
            except UnknownName as unknown:
                if "offered by" in unknown.message:
                    raise
        if len(meant) == 1:
            return meant[0]
    except UnknownName as unknown:
        raise as_error(unknown) from None
    if meant:
        ways = ", ".join(f"{offer.kind}/{name}" for offer in meant)
        raise UsageError(f"{len(meant)} kinds have a `{name}`; write one of: {ways}")
    return _nothing_meant(name, catalog)


def _nothing_meant(name: str, catalog: Catalog) -> NoReturn:
    distribution, slash, _ = name.partition("/")
    if slash:
        distribution = normalized(distribution)
        try:
            catalog.check_usable(distribution, f"the component `{name}` cannot be had")
        except UnknownName as unknown:
            raise as_error(unknown) from None
        offered = [each.name for each in catalog.offers() if each.distribution == distribution]
        told = [f"`{distribution}` offers: {listed(offered)}"]
    else:
        offered = sorted({each.name for each in catalog.offers()})
        told = [
            f"it may be in {each.label}, which is {each.explanation}"
            for each in catalog.records
            if each.status not in {"ok", "empty"}
        ]
    hint = lines(did_you_mean(name.rpartition("/")[2], offered), *told)
    raise as_error(
        UnknownName(
            f"no component is named `{name}`", hint or "see `vaereg components` for all there are"
        )
    )


def _as_dict(
    offer: Offer, declared: tuple[Parameter, ...], text: str, used_by: str, catalog: Catalog
) -> dict[str, Any]:
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
        "deprecated": component.deprecated,
        "replaced_by": component.replaced_by,
        "shadowed": catalog.shadowed(offer),
        "parameters": [attrs.asdict(each) for each in declared],
        "snippet": text,
        "command": used_by,
    }
