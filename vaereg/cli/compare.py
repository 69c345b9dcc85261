"""Compares B with A: is it sharper, more varied, truer to the data?

Two models with at least two training seeds in common are compared as methods, seed by seed; 6 seeds
each can decide: `vaereg train A B --seeds 6 && vaereg compare A B`. Anything else is compared as
two trained models, of which one pair can say nothing about training anew. Runs that were not
evaluated yet are evaluated first.

`vaereg compare baseline baseline@gaussian_mixture` evaluates another sampler on the same weights,
`vaereg compare RUN RUN#1` other samples of one run, which should not differ.
"""

from __future__ import annotations

import argparse
import sys

from vaereg.cli.evaluate_options import add_evaluate_options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what only this command takes."""
    meaning = (
        "a run folder, <model>/<id>, or a model for all its finished runs; with @SAMPLER for "
        "samples of another sampler, with #SEED for other samples"
    )
    parser.add_argument("a", metavar="A", help=f"what B is held against: {meaning}")
    parser.add_argument("b", metavar="B", help="what is evaluated, in the same form")
    add_evaluate_options(parser)


def run(args: argparse.Namespace) -> int:
    """Evaluates what was not evaluated yet, compares, and prints the verdicts."""
    from vaereg.cli.comparison_text import print_comparison
    from vaereg.cli.output import print_json
    from vaereg.cli.terminal import Terminal
    from vaereg.comparison.compare_runs import compare_runs
    from vaereg.comparison.pairing import pair
    from vaereg.comparison.targets import read_target
    from vaereg.workflows.evaluations import ensure_evaluated

    pairing = pair(read_target(args.a, args.root), read_target(args.b, args.root))
    evaluations = ensure_evaluated([*pairing.a, *pairing.b], args)
    count = len(pairing.a)
    comparison = compare_runs(pairing, evaluations[:count], evaluations[count:])
    if args.json:
        print_json({"comparison": comparison.as_dict()})
    else:
        print_comparison(comparison, Terminal(sys.stdout, args.color), quiet=args.quiet)
    return 0
