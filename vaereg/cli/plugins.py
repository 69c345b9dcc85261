"""Lists the installed plugins: what they offer, and why a plugin cannot be used."""

from __future__ import annotations

import argparse
import sys

from vaereg.cli.output import print_json
from vaereg.cli.session import opened_registry
from vaereg.cli.table import table
from vaereg.cli.terminal import Terminal
from vaereg.discovery.catalog import Catalog
from vaereg.discovery.records import PluginRecord

STYLES = {"ok": "green", "broken": "red", "incompatible": "red", "blocked": "yellow"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    parser.add_argument(
        "--timings", action="store_true", help="show how long each import took, slowest first"
    )


def run(args: argparse.Namespace) -> int:
    """Prints a row for each entry point."""
    catalog = opened_registry(args, warn_of_plugins=False).catalog
    records = list(catalog.records)
    if args.timings:
        records.sort(key=lambda each: -each.import_ms)
    if args.json:
        plugins = [
            {**record.as_dict(), "shadowed": shadowed(record, catalog)} for record in records
        ]
        print_json({"plugins": plugins, "warnings": list(catalog.warnings)})
        return 0
    terminal = Terminal(sys.stdout, args.color)
    headers = ("distribution", "version", "status", "components", "import ms", "note")
    rows = [
        (
            record.distribution,
            record.version,
            record.status,
            str(len(record.offers)) if record.status == "ok" else "",
            f"{record.import_ms:.1f}" if args.timings else "",
            "; ".join(_to_know(record, catalog)),
        )
        for record in records
    ]
    terminal.print(
        table(
            headers,
            rows,
            terminal,
            style=lambda column, cell: STYLES.get(cell, "") if column == 2 else "",
        )
    )
    if args.verbose:
        for record in records:
            if record.traceback:
                terminal.print(f"\n{record.label} (entry {record.entry}):\n{record.traceback}")
    return 0


def shadowed(record: PluginRecord, catalog: Catalog) -> list[str]:
    """Why some of the plugin's components have no unique short name."""
    if record.status != "ok":
        return []
    told = (catalog.shadowed(offer) for offer in record.offers)
    return [reason for reason in told if reason]


def _to_know(record: PluginRecord, catalog: Catalog) -> list[str]:
    place = f" at {record.where}" if record.where else ""
    reason = [f"{record.reason}{place}"] if record.reason else []
    return [*reason, *record.notes, *shadowed(record, catalog)]
