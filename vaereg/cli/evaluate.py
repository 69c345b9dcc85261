"""Evaluates runs: are the samples sharp, varied and true to the data, and is the VAE healthy?

Writes evaluation.json into each run folder. Every score stands beside the same score of real data
against real data, which no model can be better than.
"""

from __future__ import annotations

import argparse
import sys

from vaereg.cli.evaluate_options import add_evaluate_options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what only this command takes."""
    parser.add_argument(
        "runs",
        nargs="+",
        metavar="RUN",
        help="a run folder, or a model for its newest run; RUN@SAMPLER for samples of another "
        "sampler, RUN#SEED for other samples",
    )
    add_evaluate_options(parser)


def run(args: argparse.Namespace) -> int:
    """Evaluates what was not evaluated yet, and prints the scores."""
    from vaereg.cli.output import print_json
    from vaereg.cli.score_table import print_scores, print_warnings
    from vaereg.cli.terminal import Terminal
    from vaereg.comparison.targets import read_target
    from vaereg.evaluation.evaluation import as_dict
    from vaereg.evaluation.evaluation_files import evaluation_path
    from vaereg.workflows.evaluations import ensure_evaluated
    from vaereg.workflows.open_registry import warn

    targets = [read_target(each, args.root) for each in args.runs]
    chosen = [(target.runs[-1].folder, target.variant) for target in targets]
    for note in (note for target in targets for note in target.notes):
        warn(args, note)
    evaluations = ensure_evaluated(chosen, args)
    files = [str(evaluation_path(folder, variant)) for folder, variant in chosen]
    if args.json:
        found = zip(files, evaluations, strict=True)
        print_json({"evaluations": [{"file": file, **as_dict(each)} for file, each in found]})
        return 0
    terminal = Terminal(sys.stdout, args.color)
    for number, (target, evaluation) in enumerate(zip(targets, evaluations, strict=True)):
        if number:
            terminal.print()
        print_scores(evaluation, f"{target.label} ({target.runs[-1].folder})", terminal)
        print_warnings(evaluation, args, terminal)
        terminal.print()
        terminal.print(f"written: {files[number]}")
        terminal.print(f"next: vaereg report {args.runs[number]}")
    return 0
