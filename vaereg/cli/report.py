"""Writes a report on runs: one HTML file with samples, scores and figures, which needs no network.

Several runs are shown side by side. With --compare, the page begins with the verdict of `vaereg
compare`: whether the second run is better than the first. Runs without an evaluation are evaluated
first.
"""

from __future__ import annotations

import argparse
import sys

from vaereg.cli.options import add_evaluate_options, evaluate_options
from vaereg.host.home_path import home_path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    parser.add_argument(
        "targets",
        nargs="+",
        metavar="RUN",
        help="a run folder, <model>/<id>, or a model for its newest run; with @SAMPLER for samples "
        "of another sampler, with #SEED for other samples",
    )
    parser.add_argument(
        "--compare",
        action="store_true",
        help="begin with whether the second is better than the first; two models are compared by "
        "all their training seeds",
    )
    parser.add_argument(
        "--out",
        "-o",
        type=home_path,
        metavar="PATH",
        help="the file (default: report.html in the run; for several runs, report-A-vs-B.html in "
        "the folder of runs)",
    )
    add_evaluate_options(parser)


def run(args: argparse.Namespace) -> int:
    """Evaluates runs that have no evaluation, writes the report, and prints its path."""
    from vaereg.cli.output import print_json
    from vaereg.cli.session import tell_of
    from vaereg.cli.terminal import Terminal
    from vaereg.workflows.report import write_report

    written = write_report(
        args.targets, evaluate_options(args), tell_of(args), compare=args.compare, out=args.out
    )
    if args.json:
        shown = [{"run": run.evaluation.run, "label": run.label} for run in written.runs]
        comparison = written.compared.comparison.as_dict() if written.compared else None
        print_json({"report": str(written.path), "runs": shown, "comparison": comparison})
    else:
        Terminal(sys.stdout, args.color).print(str(written.path))
    return 0
