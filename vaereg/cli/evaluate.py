"""Evaluates runs: are the samples sharp, varied and true to the data, and is the VAE healthy?

Writes evaluation.json into each run folder. Every score comes with its reference: the same score
for real data against real data. Several runs are shown in one table, with what differs between
them.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from typing import TYPE_CHECKING

from vaereg.cli.options import add_all, add_evaluate_options, evaluate_options
from vaereg.host.home_path import home_path

if TYPE_CHECKING:
    from vaereg.cli.evaluation_text import Remedies
    from vaereg.contracts.plain_values import JsonObject
    from vaereg.discovery.catalog import Catalog
    from vaereg.workflows.evaluate import EvaluatedRun


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
        type=home_path,
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
    from vaereg.workflows.evaluate import evaluate_each, side_by_side

    evaluated = evaluate_each(args.targets, evaluate_options(args), tell_of(args), out=args.out)
    catalog = discover(no_plugins=args.no_plugins)
    if args.json:
        print_json({"evaluations": [_as_json(each, catalog) for each in evaluated]})
        return 0
    terminal = Terminal(sys.stdout, args.color)
    if len(evaluated) == 1:
        (each,) = evaluated
        print_evaluation(
            each.evaluation,
            each.target.label,
            str(each.target.runs[-1].folder),
            terminal,
            remedies=_remedies_of(each, catalog),
            everything=args.everything,
        )
    else:
        print_runs(side_by_side(evaluated), terminal, everything=args.everything)
        print_causes({each.target.label: each.evaluation for each in evaluated}, terminal)
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


def _as_json(evaluated: EvaluatedRun, catalog: Catalog) -> JsonObject:
    """The evaluation, its file, and the causes of bad scores."""
    from vaereg.comparison.verdicts.explanations import explanations
    from vaereg.evaluation.evaluation import as_dict

    remedies = _remedies_of(evaluated, catalog)
    causes = [
        {
            "kind": each.kind,
            "text": each.text,
            "scores": list(each.scores),
            "remedies": list(remedies(each.kind)),
        }
        for each in explanations(evaluated.evaluation)
    ]
    return {"file": str(evaluated.file), **as_dict(evaluated.evaluation), "causes": causes}


def _remedies_of(evaluated: EvaluatedRun, catalog: Catalog) -> Remedies:
    """Names what may help this run against a cause."""
    from vaereg.comparison.verdicts.remedies import remedies
    from vaereg.runs.atomic import read_json

    lock = read_json(evaluated.target.runs[-1].folder.lock)
    form = evaluated.evaluation.evaluated_on.form
    return partial(remedies, lock=lock, catalog=catalog, form=form)
