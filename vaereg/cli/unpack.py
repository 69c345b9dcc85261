"""Makes a run of a file that `vaereg pack` wrote. Nothing in the file is run."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from vaereg.cli.options import add_runs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    parser.add_argument("pack", type=Path, metavar="FILE", help="the file, NAME.vaereg")
    add_runs(parser)


def run(args: argparse.Namespace) -> int:
    """Unpacks the run, and prints its folder."""
    from vaereg.cli.output import print_json
    from vaereg.cli.session import warning_printer
    from vaereg.cli.terminal import Terminal
    from vaereg.workflows.runs.unpack_run import unpack_run

    folder = unpack_run(args.pack, args.runs, warning_printer(args))
    if args.json:
        print_json({"run": str(folder)})
    else:
        terminal = Terminal(sys.stdout, args.color)
        terminal.print(str(folder))
        terminal.print(f"next: vaereg sample {folder} -n 64")
    return 0
