"""Evaluates runs: are the samples sharp, varied and true to the data, and is the VAE healthy?

Writes evaluation.json into each run folder. Every score comes with its reference: the same score
for real data against real data.
"""

from __future__ import annotations

import argparse
import sys

from vaereg.cli.options import add_evaluate_options, evaluate_options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    parser.add_argument(
        "targets",
        nargs="+",
        metavar="RUN",
        help="a run folder, or a model for its newest run; RUN@SAMPLER for samples of another "
        "sampler, RUN#SEED for other samples",
    )
    add_evaluate_options(parser)


def run(args: argparse.Namespace) -> int:
    """Evaluates runs that have no evaluation, and prints the scores."""
    from vaereg.cli.output import print_json
    from vaereg.cli.score_table import print_scores, print_warnings
    from vaereg.cli.session import tell_of
    from vaereg.cli.terminal import Terminal
    from vaereg.evaluation.evaluation import as_dict
    from vaereg.workflows.evaluate import evaluate_each

    evaluated = evaluate_each(args.targets, evaluate_options(args), tell_of(args))
    if args.json:
        found = [{"file": str(each.file), **as_dict(each.evaluation)} for each in evaluated]
        print_json({"evaluations": found})
        return 0
    terminal = Terminal(sys.stdout, args.color)
    for number, (name, each) in enumerate(zip(args.targets, evaluated, strict=True)):
        if number:
            terminal.print()
        label = f"{each.target.label} ({each.target.runs[-1].folder})"
        print_scores(each.evaluation, label, terminal)
        if not args.quiet:
            print_warnings(each.evaluation, terminal)
        terminal.print()
        terminal.print(f"written: {each.file}")
        terminal.print(f"next: vaereg report {name}")
    return 0
