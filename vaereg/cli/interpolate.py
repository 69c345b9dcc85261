"""Walks from one example to another through the latents of a trained model.

The ends are files with one example, or one of several by its number from 0: photos.npz[3], or
test[3] for one of the test split. The first and the last step are their reconstructions.
"""

from __future__ import annotations

import argparse

from vaereg.cli.options import add_backend, add_ignore_lock, add_run, natural, positive
from vaereg.cli.use_options import add_given, add_out, add_weights, print_walk, walk_options

OUT = "a row of pictures as walk.png, walk.npz, walk.csv for tables, or folder/"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    add_run(parser)
    for name in ("a", "b"):
        parser.add_argument(
            name, metavar=name.upper(), help="an example: FILE, FILE[3], or test[3] of the run"
        )
    parser.add_argument(
        "-n",
        "--steps",
        dest="steps",
        type=positive,
        default=8,
        metavar="N",
        help="the number of steps, with both ends (default: 8)",
    )
    parser.add_argument(
        "--seed", type=natural, default=0, metavar="S", help="the seed of draws (default: 0)"
    )
    add_out(parser, OUT)
    add_given(parser, "all steps, instead of those of A")
    add_weights(parser)
    add_ignore_lock(parser)
    add_backend(parser)


def run(args: argparse.Namespace) -> int:
    """Interpolates, and prints where the examples are."""
    from vaereg.cli.session import tell_of
    from vaereg.workflows.use.walk import interpolate_examples

    return print_walk(
        interpolate_examples(args.run, args.a, args.b, walk_options(args), tell_of(args)), args
    )
