"""Writes a registry.toml to start from, with comments."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from vaereg.cli.output import print_json
from vaereg.declaration.text.template import INIT_TEMPLATE
from vaereg.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    parser.add_argument("--force", action="store_true", help="replace an existing file")


def run(args: argparse.Namespace) -> int:
    """Writes the file that -f names.

    Raises:
        UsageError: if it exists and --force is not given.
    """
    path = args.registry
    try:
        _write_registry(path, replace=args.force)
    except FileExistsError:
        raise UsageError(
            f"{path} already exists and was not changed; --force replaces it, -f names another file"
        ) from None
    except FileNotFoundError:
        raise UsageError(f"the folder {path.parent} does not exist; create it first") from None
    if args.json:
        print_json({"written": str(path)})
    else:
        sys.stdout.write(f"wrote {path}; next: `vaereg check`, then `vaereg train`\n")
    return 0


def _write_registry(path: Path, *, replace: bool) -> None:
    target = path.with_name(f".{path.name}.{os.getpid()}") if replace else path
    file = target.open("x", encoding="utf-8")
    try:
        with file:
            file.write(INIT_TEMPLATE)
        if replace:
            target.replace(path)
    except OSError:
        target.unlink(missing_ok=True)  # a full disk must not leave half a file
        raise
