"""Shows what each latent dimension of a trained model does.

Along each dimension, examples are decoded from one side of the prior to the other, while all other
dimensions stay. The dimensions that change the examples most stand first.
"""

from __future__ import annotations

import argparse

from vaereg.cli.options import add_backend, add_ignore_lock, add_run, natural, positive
from vaereg.cli.use_options import add_given, add_out, add_weights, print_walk, walk_options

OUT = "a grid with a row for each dimension as walk.png, walk.npz, walk.csv for tables, or folder/"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    add_run(parser)
    parser.add_argument(
        "--at",
        metavar="EXAMPLE",
        help="where to start: FILE, FILE[3], or test[3] of the run (default: the mean of the "
        "prior)",
    )
    parser.add_argument(
        "-n",
        "--steps",
        dest="steps",
        type=positive,
        default=7,
        metavar="N",
        help="the number of steps along each dimension (default: 7)",
    )
    parser.add_argument(
        "--width",
        type=float,
        default=3.0,
        metavar="W",
        help="how far to both sides, in standard deviations of the prior (default: 3)",
    )
    parser.add_argument(
        "--most",
        type=positive,
        default=16,
        metavar="D",
        help="the largest number of dimensions (default: 16)",
    )
    parser.add_argument(
        "--seed", type=natural, default=0, metavar="S", help="the seed of draws (default: 0)"
    )
    add_out(parser, OUT)
    add_given(parser, "all examples")
    add_weights(parser)
    add_ignore_lock(parser)
    add_backend(parser)


def run(args: argparse.Namespace) -> int:
    """Traverses the latents, and prints where the examples are."""
    from vaereg.cli.session import tell_of
    from vaereg.workflows.use.walk import traverse_latents

    return print_walk(traverse_latents(args.run, walk_options(args), tell_of(args)), args)
