"""Evaluates runs: are the samples sharp, varied and true to the data, and is the VAE healthy?

Writes evaluation.json into each run folder. Every score comes with its reference: the same score
for real data against real data. Several runs are shown in one table, with what differs between
them.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

from vaereg.cli.options import add_all, add_evaluate_options, evaluate_options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    parser.add_argument(
        "targets",
        nargs="+",
        metavar="RUN",
        help="a run folder, or a model for its newest run; RUN@SAMPLER for samples of another "
        "sampler, RUN#SEED for other samples",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="write a table with a row for each run and all scores: .csv, .md or .json",
    )
    add_all(parser)
    add_evaluate_options(parser)


def run(args: argparse.Namespace) -> int:
    """Evaluates runs that have no evaluation, and prints the scores."""
    from vaereg.cli.evaluation_text import (
        print_causes,
        print_evaluation,
        print_runs,
        print_warnings,
    )
    from vaereg.cli.output import print_json
    from vaereg.cli.session import tell_of
    from vaereg.cli.terminal import Terminal
    from vaereg.discovery.discover import discover
    from vaereg.evaluation.evaluation import as_dict
    from vaereg.runs.atomic import read_json
    from vaereg.workflows.evaluate import evaluate_each, side_by_side
    from vaereg.workflows.evaluated_runs.remedies import installed_remedies

    evaluated = evaluate_each(args.targets, evaluate_options(args), tell_of(args), out=args.out)
    if args.json:
        found = [{"file": str(each.file), **as_dict(each.evaluation)} for each in evaluated]
        print_json({"evaluations": found})
        return 0
    terminal = Terminal(sys.stdout, args.color)
    if len(evaluated) == 1:
        (each,) = evaluated
        folder = each.target.runs[-1].folder
        catalog = discover(no_plugins=args.no_plugins)
        print_evaluation(
            each.evaluation,
            each.target.label,
            str(folder),
            terminal,
            remedies=partial(installed_remedies, lock=read_json(folder.lock), catalog=catalog),
            everything=args.everything,
        )
    else:
        print_runs(side_by_side(evaluated), terminal, everything=args.everything)
        print_causes({each.target.label: each.evaluation for each in evaluated}, None, terminal)
    for each in evaluated:
        if not args.quiet:
            label = "" if len(evaluated) == 1 else each.target.label
            print_warnings(each.evaluation, terminal, label)
    terminal.print()
    for each in evaluated:
        terminal.print(f"written: {each.file}")
    if args.out:
        terminal.print(f"written: {args.out}")
    terminal.print(f"next: vaereg report {' '.join(args.targets)}")
    return 0
