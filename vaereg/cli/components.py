"""Lists the components that can be used, and the packages that provide them."""

from __future__ import annotations

import argparse
import sys

from vaereg.cli.listed_slots import listed_slots
from vaereg.cli.output import print_json
from vaereg.cli.session import opened_registry
from vaereg.cli.table import table
from vaereg.cli.terminal import Terminal
from vaereg.kinds import KINDS
from vaereg.renamed import renamed_kind
from vaereg.wording import did_you_mean


def kind_name(value: str) -> str:
    """A kind: its name, or its key in registry.toml."""
    for kind in KINDS.values():
        if value and value in {kind.name, f"{kind.name}s", kind.key}:
            return kind.name
    hint = renamed_kind(value) or did_you_mean(value, KINDS) or f"the kinds are {', '.join(KINDS)}"
    raise argparse.ArgumentTypeError(f"no kind is named `{value}`; {hint}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    parser.add_argument(
        "--kind", type=kind_name, metavar="KIND", help="only components of this kind"
    )


def run(args: argparse.Namespace) -> int:
    """Prints a row for each component."""
    catalog = opened_registry(args).catalog
    offers = catalog.offers(args.kind)
    if args.json:
        listed = [
            {
                "kind": offer.kind,
                "name": offer.name,
                "full_name": offer.full_name,
                "distribution": offer.distribution,
                "version": offer.version,
                "summary": offer.component.summary,
                "reference": offer.component.reference,
                "for_data": sorted(offer.component.for_data),
                "tags": sorted(offer.component.tags),
                "slots": listed_slots(offer),
                "deprecated": offer.component.deprecated,
            }
            for offer in offers
        ]
        print_json({"components": listed})
        return 0
    terminal = Terminal(sys.stdout, args.color)
    if not offers:
        terminal.print("no component" + (f" of kind {args.kind}" if args.kind else ""))
        return 0
    rows = []
    for offer in offers:
        name = offer.full_name if catalog.shadowed(offer) else offer.name
        summary = offer.component.summary
        if offer.component.deprecated:
            summary = f"(deprecated) {summary}"
        rows.append((offer.kind, name, offer.distribution, summary))
    terminal.print(table(("kind", "name", "distribution", "summary"), rows, terminal))
    return 0
