"""Trains a model with a component and without it, over paired seeds, and compares the two.

Each missing run is trained in a process of its own; finished runs are used again. The command then
evaluates and compares the runs, and writes two files for the README of the component's plugin:
ablation-NAME.md (the verdicts as a table, the data, the versions and the command that repeats the
ablation) and ablation-NAME.svg (a badge). If interrupted, run the same command again; it resumes.
registry.toml is not changed.

For example: `vaereg ablate focal_frequency --against baseline --params '{ weight = 10.0 }'`. If the
model already uses the regularizer or discriminator, the comparison model leaves it out. A sampler
needs no training of its own: both sides use the same trained models.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from typing import TYPE_CHECKING

from vaereg.cli.options import (
    RUNS,
    add_backend,
    add_runs,
    add_thoroughness,
    add_training_length,
    positive,
)

if TYPE_CHECKING:
    from vaereg.reporting.ablation import AblationResult

SEEDS = 6
"""The fewest seeds that can decide; see `vaereg.comparison.statistics.method_effect`."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    parser.add_argument(
        "component",
        metavar="COMPONENT",
        help="KIND/NAME, DISTRIBUTION/NAME, or NAME alone if only one kind has it",
    )
    parser.add_argument(
        "--against",
        dest="model",
        metavar="MODEL",
        help="the model to test the component in (default: the default model of registry.toml)",
    )
    parser.add_argument(
        "--params",
        metavar="TABLE",
        default="",
        help="the component's parameters, and its weight if it has one, as a TOML table: "
        "'{ weight = 10.0 }'",
    )
    parser.add_argument(
        "--seeds",
        type=at_least_two,
        default=SEEDS,
        metavar="N",
        help=f"train each side with N seeds (default: {SEEDS}, the fewest that can decide)",
    )
    add_training_length(parser)
    add_thoroughness(parser)
    add_runs(parser)
    parser.add_argument(
        "--out",
        metavar="PATH",
        help="the .md file to write (the badge is written next to it), or a folder (default: "
        "ablation-NAME.md in the current folder)",
    )
    add_backend(parser)


def at_least_two(text: str) -> int:
    """An integer of at least 2."""
    count = positive(text)
    if count < 2:
        raise argparse.ArgumentTypeError("must be at least 2: one pair says nothing about a method")
    return count


def run(args: argparse.Namespace) -> int:
    """Trains and evaluates the missing runs, writes both files, and prints the verdicts."""
    from vaereg.cli.ablation_text import print_ablation
    from vaereg.cli.output import print_json
    from vaereg.cli.session import registry_options, tell_of
    from vaereg.cli.terminal import Terminal
    from vaereg.workflows.ablate import AblateOptions, run_ablation
    from vaereg.workflows.options import EvaluateOptions, TrainOptions

    options = AblateOptions(
        component=args.component,
        model=args.model,
        params=args.params,
        seeds=args.seeds,
        out=args.out,
        registry=registry_options(args),
        training=TrainOptions(
            seed=args.seed, epochs=args.epochs, backend=args.backend, runs=args.runs
        ),
        evaluation=EvaluateOptions(
            preset=args.preset,
            features=tuple(args.features),
            runs=args.runs,
            no_plugins=args.no_plugins,
        ),
    )
    ablation = run_ablation(options, tell_of(args))
    if args.json:
        files = list(map(str, ablation.files))
        print_json({"ablation": {**ablation.as_dict(), "files": files}})
    else:
        terminal = Terminal(sys.stdout, args.color)
        print_ablation(ablation, _compare_command(ablation, args), terminal, quiet=args.quiet)
    return 0


def _compare_command(ablation: AblationResult, args: argparse.Namespace) -> str:
    """The command that shows every score."""
    a, b = ablation.comparison.a.label, ablation.comparison.b.label
    words = ["vaereg", "compare", a, b, *([] if args.runs == RUNS else ["--runs", str(args.runs)])]
    return shlex.join(words)
