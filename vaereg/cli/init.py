"""Writes a registry.toml to start from, with comments."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from vaereg.cli.output import print_json
from vaereg.cli.terminal import Terminal
from vaereg.declaration.text.read_toml import TomlError, read_toml_value
from vaereg.declaration.text.template import INIT_TEMPLATE
from vaereg.errors import UsageError
from vaereg.host.home_path import home_path
from vaereg.wording import escaped

MOST_MINUTES = 1_000_000
"""The longest training that can be planned: about two years."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    parser.add_argument("--force", action="store_true", help="replace an existing file")
    parser.add_argument(
        "--data",
        metavar="PATH",
        help="look at your data, a file or a folder, and choose the dataset and a model for it",
    )
    parser.add_argument(
        "--minutes",
        type=float,
        metavar="N",
        help="with --data: choose as many epochs as fit into N minutes, by timing a few steps",
    )


def run(args: argparse.Namespace) -> int:
    """Writes the file that -f names.

    Raises:
        UsageError: if it exists and --force is not given.
    """
    path = args.registry
    if args.minutes is not None and (args.data is None or not 0 < args.minutes <= MOST_MINUTES):
        raise UsageError(
            f"--minutes takes a number above 0 and up to {MOST_MINUTES:,}, and needs --data PATH"
        )
    if path.exists() and not args.force:
        raise UsageError(_exists(path))
    text = INIT_TEMPLATE if args.data is None else _for_data(args, path)
    try:
        _write_registry(path, text, replace=args.force)
    except FileExistsError:
        raise UsageError(_exists(path)) from None
    except FileNotFoundError:
        raise UsageError(f"the folder {path.parent} does not exist; create it first") from None
    if args.json:
        print_json({"written": str(path)})
    else:
        terminal = Terminal(sys.stdout, args.color)
        terminal.print(f"wrote {path}; next: `vaereg check`, then `vaereg train`")
    return 0


def _exists(path: Path) -> str:
    return f"{path} already exists and was not changed; --force replaces it, -f names another file"


def _for_data(args: argparse.Namespace, path: Path) -> str:
    """The registry for the data that --data names; stderr gets what was seen."""
    from vaereg.cli.session import tell_of
    from vaereg.workflows.own_data.init_registry import choose, registry_text, without_dots
    from vaereg.workflows.own_data.look_at_data import look_at_data

    tell = tell_of(args)
    source = without_dots(home_path(args.data))
    looked = look_at_data(source, _ask, tell)
    choices = None if looked.data is None else choose(looked.data, args.minutes, tell)
    for name, why in looked.why.items():
        tell.warn(f"{name} must be decided in {path}: {why}")
    for note in looked.data.notes if looked.data is not None else ():
        tell.say(f"note: {note}")
    return registry_text(looked, source, path.absolute().parent, choices)


def _ask(name: str, why: str, values: Sequence[object]) -> object | None:
    """The user's answer on a terminal; None elsewhere, or for an empty answer."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None
    shown = " or ".join(str(value) for value in values)
    sys.stderr.write(escaped(f"{why}\n{name} = ({shown}; empty to decide later) "))
    sys.stderr.flush()
    answer = sys.stdin.readline().strip()
    if not answer:
        return None
    if any(answer == str(value) for value in values):
        return next(value for value in values if answer == str(value))
    try:
        read: object = read_toml_value(answer)
    except TomlError:
        return answer
    return read


def _write_registry(path: Path, text: str, *, replace: bool) -> None:
    target = path.with_name(f".{path.name}.{os.getpid()}") if replace else path
    file = target.open("x", encoding="utf-8")
    try:
        with file:
            file.write(text)
        if replace:
            target.replace(path)
    except OSError:
        target.unlink(missing_ok=True)  # a full disk must not leave half a file
        raise
