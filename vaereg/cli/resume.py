"""Continues a run from its last checkpoint, to the bit."""

from __future__ import annotations

import argparse
from pathlib import Path

import attrs

from vaereg.cli.train import add_backend, positive


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what only this command takes."""
    add_run(parser)
    parser.add_argument(
        "--epochs", type=positive, metavar="N", help="train until N epochs are done instead"
    )
    parser.add_argument(
        "--from",
        dest="which",
        choices=("last", "best"),
        default="last",
        help="which checkpoint to go on from (last)",
    )
    add_ignore_lock(parser)
    add_backend(parser)


def add_run(parser: argparse.ArgumentParser) -> None:
    """Adds RUN and where runs are looked for."""
    parser.add_argument("run", metavar="RUN", help="a run folder, or a model for its newest run")
    add_runs(parser)


def add_runs(parser: argparse.ArgumentParser) -> None:
    """Adds where runs are looked for."""
    parser.add_argument(
        "--runs",
        dest="root",
        type=Path,
        default=Path("runs"),
        metavar="DIR",
        help="where runs are looked for (runs)",
    )


def add_ignore_lock(parser: argparse.ArgumentParser) -> None:
    """Adds --ignore-lock."""
    parser.add_argument(
        "--ignore-lock",
        action="store_true",
        help="go on although what is installed is not what the run was made with",
    )


def run(args: argparse.Namespace) -> int:
    """Continues the run, and prints where everything is."""
    from vaereg.cli.outcome import print_outcome
    from vaereg.host.devices import choose_backend
    from vaereg.host.progress import Progress
    from vaereg.training.launch import resume
    from vaereg.workflows.evaluate_in_training import evaluator_maker
    from vaereg.workflows.open_run import open_run

    opened = open_run(args)
    declaration = opened.declaration
    if args.epochs:
        declaration = attrs.evolve(
            declaration, train=attrs.evolve(declaration.train, epochs=args.epochs)
        )
    progress = Progress(quiet=args.quiet)
    backend = args.backend or opened.run.lock["backend"]["name"]
    choice = choose_backend(backend, progress.stage)
    if not args.backend:
        choice = attrs.evolve(choice, reason="as the run")
    outcome = resume(
        opened.run,
        declaration,
        opened.records,
        choice,
        progress,
        which=args.which,
        ignore_lock=args.ignore_lock,
        make_evaluator=evaluator_maker(opened.catalog),
    )
    print_outcome(outcome, args)
    return 0
