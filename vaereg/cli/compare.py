"""Compares B with A: is it sharper, more varied, truer to the data?

Two models with at least two training seeds in common are compared as methods, seed by seed. A
decision needs at least 6 seeds each: `vaereg train A B --seeds 6 && vaereg compare A B`. Otherwise
two trained models are compared, which says nothing about other trainings of them. Runs without an
evaluation are evaluated first.

`vaereg compare baseline baseline@gaussian_mixture` compares two samplers on the same weights;
`vaereg compare RUN RUN#1` compares two sets of samples of one run, which should not differ.
"""

from __future__ import annotations

import argparse
import sys

from vaereg.cli.options import add_all, add_evaluate_options, evaluate_options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    meaning = (
        "a run folder, <model>/<id>, or a model for all its finished runs; with @SAMPLER for "
        "samples of another sampler, with #SEED for other samples"
    )
    parser.add_argument("a", metavar="A", help=f"the baseline: {meaning}")
    parser.add_argument("b", metavar="B", help="what to compare with A, in the same form")
    add_all(parser)
    add_evaluate_options(parser)


def run(args: argparse.Namespace) -> int:
    """Evaluates runs that have no evaluation, compares, and prints the verdicts."""
    from vaereg.cli.comparison_text import print_comparison
    from vaereg.cli.output import print_json
    from vaereg.cli.session import tell_of
    from vaereg.cli.terminal import Terminal
    from vaereg.workflows.compare import compare_named

    comparison = compare_named(args.a, args.b, evaluate_options(args), tell_of(args))
    if args.json:
        print_json({"comparison": comparison.as_dict()})
    else:
        terminal = Terminal(sys.stdout, args.color)
        print_comparison(comparison, terminal, quiet=args.quiet, everything=args.everything)
    return 0
