"""Encodes a file or a folder of examples with a trained model.

The file that is written has a row for each example: the mode of its posterior, the standard
deviation (spread), and the name of the file or the row, with its label if there is one.
"""

from __future__ import annotations

import argparse
import sys

from vaereg.cli.use_options import add_use_options, use_options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    add_use_options(parser, "the file of latents: z.npz, z.csv or z.parquet")


def run(args: argparse.Namespace) -> int:
    """Encodes the examples, and prints where the latents are."""
    from vaereg.cli.output import print_json
    from vaereg.cli.session import tell_of
    from vaereg.cli.terminal import Terminal
    from vaereg.workflows.use.encode import encode_examples

    written = encode_examples(args.run, use_options(args), tell_of(args))
    if args.json:
        print_json(
            {
                "run": str(written.run),
                "latents": str(written.path),
                "n": written.count,
                "weights": written.weights,
            }
        )
    else:
        Terminal(sys.stdout, args.color).print(str(written.path))
    return 0
