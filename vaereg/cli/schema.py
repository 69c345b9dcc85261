"""Prints the JSON Schema of registry.toml, including all installed components."""

from __future__ import annotations

import argparse
import json
import sys

from vaereg.cli.output import print_json, write_result
from vaereg.cli.session import opened_registry
from vaereg.cli.terminal import Terminal
from vaereg.contracts.plain_values import JsonObject
from vaereg.declaration.schema import schema
from vaereg.host.home_path import home_path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    parser.add_argument(
        "--out", type=home_path, metavar="FILE", help="write the schema to a file instead"
    )


def run(args: argparse.Namespace) -> int:
    """Prints or writes the schema."""
    catalog = opened_registry(args).catalog
    text = _compact_json(schema(catalog))
    if args.out is None:
        write_result(text)
        return 0
    args.out.write_text(text, encoding="utf-8")
    if args.json:
        print_json({"written": str(args.out)})
    else:
        Terminal(sys.stdout, args.color).print(
            f"wrote {args.out}; editors use it if registry.toml begins with\n#:schema {args.out}"
        )
    return 0


def _compact_json(document: JsonObject) -> str:
    """The document with a definition on each line; to indent it all takes ten times as long."""
    rest = json.dumps({key: each for key, each in document.items() if key != "definitions"})
    rows = [
        f"{json.dumps(key)}: {json.dumps(each)}" for key, each in document["definitions"].items()
    ]
    return rest[:-1] + ', "definitions": {\n' + ",\n".join(rows) + "\n}}\n"
