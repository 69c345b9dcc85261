"""Exports a run for programs without vaereg: encode, decode, reconstruct and sample.

The functions are read back by their own runtime and compared with the model before the export is
kept.
"""

from __future__ import annotations

import argparse
import sys

from vaereg.cli.options import add_ignore_lock, add_run
from vaereg.host.home_path import home_path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    add_run(parser)
    parser.add_argument(
        "--to",
        default="savedmodel",
        metavar="FORMAT",
        help="savedmodel: a folder for TensorFlow (default)",
    )
    parser.add_argument(
        "--out",
        "-o",
        type=home_path,
        metavar="PATH",
        help="the folder (default: MODEL.savedmodel); an older export there is replaced",
    )
    parser.add_argument(
        "--sampler", metavar="NAME", help="a sampler component (default: the declared one)"
    )
    parser.add_argument(
        "--weights",
        choices=("final", "last", "best"),
        default="final",
        help="as for `vaereg sample`",
    )
    add_ignore_lock(parser)


def run(args: argparse.Namespace) -> int:
    """Exports the run, and prints the folder and how to use it."""
    from vaereg.cli.output import print_json
    from vaereg.cli.session import check_no_overrides
    from vaereg.cli.terminal import Terminal
    from vaereg.workflows.runs.export_run import ExportOptions, export_run

    check_no_overrides(args)
    path = export_run(
        args.run,
        ExportOptions(
            to=args.to,
            out=args.out,
            sampler=args.sampler,
            weights=args.weights,
            runs=args.runs,
            ignore_lock=args.ignore_lock,
            no_plugins=args.no_plugins,
            quiet=args.quiet,
        ),
    )
    if args.json:
        print_json({"export": str(path), "to": args.to})
        return 0
    terminal = Terminal(sys.stdout, args.color)
    terminal.print(str(path))
    terminal.print(f"use it: model = tf.saved_model.load({str(path)!r}); model.sample(16, 0)")
    return 0
