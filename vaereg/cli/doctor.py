"""Checks backends, plugins, versions and folders.

Exit codes: 0 if there is no problem, 3 if a plugin is broken or missing, 1 for another problem.
"""

from __future__ import annotations

import argparse
import sys

from vaereg.cli.arguments import DEFAULT_REGISTRY
from vaereg.cli.exit_code import ExitCode
from vaereg.cli.options import add_backend, add_runs
from vaereg.cli.output import print_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    parser.add_argument(
        "--quick", action="store_true", help="do not import the backends to list their devices"
    )
    add_backend(parser)
    add_runs(parser)


def run(args: argparse.Namespace) -> int:
    """Prints the findings; the exit code says whether there is a problem."""
    from vaereg.cli.session import tell_of
    from vaereg.workflows.doctor.examine import examine

    checkup = examine(
        tell_of(args),
        registry=None if args.registry is DEFAULT_REGISTRY else args.registry,
        overrides=tuple(args.overrides),
        no_plugins=args.no_plugins,
        runs=args.runs,
        backend=args.backend,
        quick=args.quick,
    )
    if args.json:
        print_json(checkup.as_dict())
    else:
        from vaereg.cli.checkup_text import print_checkup
        from vaereg.cli.terminal import Terminal

        print_checkup(checkup, Terminal(sys.stdout, args.color), verbose=args.verbose)
    if checkup.plugin_problems:
        return int(ExitCode.PLUGIN)
    return int(ExitCode.RUN_FAILED if checkup.problems else ExitCode.DONE)
