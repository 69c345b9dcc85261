"""Draws new samples from a run."""

from __future__ import annotations

import argparse
import sys

from vaereg.cli.options import add_backend, add_ignore_lock, add_run, natural, positive


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    add_run(parser)
    parser.add_argument(
        "-n", type=positive, default=64, metavar="N", help="the number of samples (default: 64)"
    )
    parser.add_argument(
        "--sampler", metavar="NAME", help="a sampler component (default: the declared one)"
    )
    parser.add_argument(
        "--seed", type=natural, default=0, metavar="S", help="the seed of the samples (default: 0)"
    )
    parser.add_argument(
        "--weights",
        choices=("final", "last", "best"),
        default="final",
        help="final: the weights at the end of training, or those of the last checkpoint if the "
        "run is not finished (default); last or best: the weights of that checkpoint",
    )
    parser.add_argument(
        "--out",
        "-o",
        metavar="PATH",
        help="grid.png, samples.npz, samples.csv, or folder/ for one PNG each (default: a file in "
        "the run)",
    )
    add_ignore_lock(parser)
    add_backend(parser)


def run(args: argparse.Namespace) -> int:
    """Draws samples, and prints where they are."""
    from vaereg.cli.output import print_json
    from vaereg.cli.session import check_no_overrides, tell_of
    from vaereg.cli.terminal import Terminal
    from vaereg.workflows.sample import SampleOptions, write_samples

    check_no_overrides(args)
    options = SampleOptions(
        n=args.n,
        sampler=args.sampler,
        seed=args.seed,
        weights=args.weights,
        out=args.out,
        backend=args.backend,
        runs=args.runs,
        ignore_lock=args.ignore_lock,
        no_plugins=args.no_plugins,
    )
    written = write_samples(args.run, options, tell_of(args))
    if args.json:
        print_json(
            {
                "run": str(written.run),
                "samples": str(written.path),
                "n": args.n,
                "seed": args.seed,
                "sampler": written.sampler,
                "weights": written.weights,
            }
        )
    else:
        Terminal(sys.stdout, args.color).print(str(written.path))
    return 0
