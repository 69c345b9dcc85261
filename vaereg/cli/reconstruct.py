"""Reconstructs a file or a folder of examples with a trained model.

Each example is encoded to the mode of its posterior and decoded, and written in the units of its
file: images as PNG files in a folder or as arrays, rows of a table with the same columns.
"""

from __future__ import annotations

import argparse
import sys

from vaereg.cli.options import natural
from vaereg.cli.use_options import add_use_options, use_options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    add_use_options(parser, "folder/ for a PNG file of each image, r.npz, or r.csv for tables")
    parser.add_argument(
        "--seed",
        type=natural,
        default=0,
        metavar="S",
        help="the seed of the draws, if the likelihood shows draws (default: 0)",
    )


def run(args: argparse.Namespace) -> int:
    """Reconstructs the examples, and prints where the reconstructions are."""
    from vaereg.cli.output import print_json
    from vaereg.cli.session import tell_of
    from vaereg.cli.terminal import Terminal
    from vaereg.workflows.use.reconstruct import reconstruct_examples

    written = reconstruct_examples(args.run, use_options(args), tell_of(args))
    if args.json:
        print_json(
            {
                "run": str(written.run),
                "reconstructions": str(written.path),
                "n": written.count,
                "weights": written.weights,
            }
        )
    else:
        Terminal(sys.stdout, args.color).print(str(written.path))
    return 0
