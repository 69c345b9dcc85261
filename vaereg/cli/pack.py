"""Packs a finished run into one file for others.

The file is a zip of the declaration, the run lock, the weights as safetensors, scores, samples, and
a card for people. Nothing in it is code. `vaereg unpack` makes a run of it again.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from vaereg.cli.options import add_run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    add_run(parser)
    parser.add_argument(
        "--out", "-o", type=Path, metavar="FILE", help="the file (default: MODEL.vaereg)"
    )
    parser.add_argument(
        "--without-checkpoints",
        action="store_true",
        help="a smaller file, from which nobody can continue the training",
    )


def run(args: argparse.Namespace) -> int:
    """Packs the run, and prints the file."""
    from vaereg.cli.output import print_json
    from vaereg.cli.terminal import Terminal
    from vaereg.host.memory import size
    from vaereg.workflows.runs.pack_run import pack_run

    path = pack_run(args.run, args.runs, args.out, checkpoints=not args.without_checkpoints)
    if args.json:
        print_json({"pack": str(path), "bytes": path.stat().st_size})
    else:
        Terminal(sys.stdout, args.color).print(f"{path} ({size(path.stat().st_size)})")
    return 0
