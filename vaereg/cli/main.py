"""Finds the command, runs it, and reports what goes wrong."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from importlib import import_module
from typing import Any

from vaereg.cli import arguments
from vaereg.cli.commands import COMMANDS
from vaereg.cli.exit_code import ExitCode
from vaereg.cli.failure import report
from vaereg.cli.output import only_results_on_stdout
from vaereg.cli.terminal import tolerate_any_text
from vaereg.errors import PluginError, UsageError


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code.

    Args:
        argv: the arguments after the program's name; None for those of this process.
    """
    words = arguments.with_bare_no_plugins(sys.argv[1:] if argv is None else argv)
    tolerate_any_text()
    state: dict[str, Any] = {  # arguments of report
        "as_json": "--json" in words,
        "color": "auto",
        "verbose": 0,
    }
    helps = not {"-h", "--help"}.isdisjoint(words)
    with only_results_on_stdout() if state["as_json"] and not helps else nullcontext():
        return _reported(words, state)


def _reported(words: Sequence[str], state: dict[str, Any]) -> int:  # arguments of report
    """Runs the command and reports an exception that ends it."""
    try:
        try:
            code = _run(words, state)
        finally:
            sys.stdout.flush()
    except SystemExit as stop:  # argparse after printing --help
        return stop.code if isinstance(stop.code, int) else int(ExitCode.DONE)
    except BaseException as fault:  # noqa: BLE001  # the last line of defence: every way to end has an exit code
        try:
            code = report(fault, **state)
            sys.stdout.flush()
        except BrokenPipeError as gone:
            code = report(gone, **state)
        except OSError as refused:  # a full disk; JSON cannot be written either
            code = report(refused, **{**state, "as_json": False})
    return code


def _run(words: Sequence[str], state: dict[str, Any]) -> int:  # arguments of report
    name, rest = arguments.split_command(words)
    if not name:
        return _without_command(rest)
    if name not in COMMANDS:
        raise arguments.unknown_command(name)
    command = COMMANDS[name]
    module = import_module(command.module)
    parser = arguments.Parser(
        prog=f"vaereg {name}",
        description=module.__doc__,
        allow_abbrev=False,
    )
    module.add_arguments(parser)
    arguments.add_common(parser)
    args = parser.parse(rest)
    state.update(as_json=args.json, color=args.color, verbose=args.verbose)
    try:
        return int(module.run(args))
    except SystemExit as stop:  # no code of vaereg does this
        from vaereg.discovery.blame import place

        where = place(stop, "")
        raise PluginError(
            f"the command was ended by sys.exit({stop.code!r})"
            + (f" at {where}" if where else "")
            + ", before it was done.\nThis is a bug in the plugin or library at that line."
        ) from stop


def _without_command(words: Sequence[str]) -> int:
    if "--version" in words:
        from vaereg.cli.version import print_version

        return print_version(as_json="--json" in words)
    if words and not {"-h", "--help"} & set(words):
        parser = arguments.Parser(prog="vaereg", allow_abbrev=False, add_help=False)
        parser.add_argument("-h", "--help", action="store_true")
        parser.add_argument("--version", action="store_true")
        arguments.add_common(parser)
        parser.parse(words)
        raise UsageError(f"no command was given\ncommands: {', '.join(COMMANDS)}")
    sys.stdout.write(arguments.overview() + "\n")
    return int(ExitCode.DONE)
