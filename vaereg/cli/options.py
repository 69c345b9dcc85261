"""Options that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from vaereg.host.home_path import home_path

if TYPE_CHECKING:
    from vaereg.workflows.options import EvaluateOptions

RUNS = Path("runs")

ABOUT = ("declaration", "data", "model")
"""What remarks may be about."""


def positive(text: str) -> int:
    """An integer of at least 1."""
    return _read_integer(text, 1)


def natural(text: str) -> int:
    """An integer of at least 0."""
    return _read_integer(text, 0)


def _read_integer(text: str, least: int) -> int:
    try:
        value = int(text)
    except ValueError:
        value = least - 1
    if value < least:
        raise argparse.ArgumentTypeError(f"must be an integer of at least {least}; got {text!r}")
    return value


def add_backend(parser: argparse.ArgumentParser) -> None:
    """Adds --backend."""
    parser.add_argument(
        "--backend",
        metavar="NAME",
        help="tensorflow, jax, torch, or auto: the first backend with an accelerator, otherwise "
        "TensorFlow",
    )


def add_runs(parser: argparse.ArgumentParser) -> None:
    """Adds --runs."""
    parser.add_argument(
        "--runs",
        type=home_path,
        default=RUNS,
        metavar="DIR",
        help="the folder of all runs (default: runs)",
    )


def add_run(parser: argparse.ArgumentParser) -> None:
    """Adds RUN and --runs."""
    parser.add_argument(
        "run", metavar="RUN", help="a run folder, or the name of a model for its newest run"
    )
    add_runs(parser)


def add_ignore_lock(parser: argparse.ArgumentParser) -> None:
    """Adds --ignore-lock."""
    parser.add_argument(
        "--ignore-lock",
        action="store_true",
        help="continue even if installed versions differ from the run's lock file",
    )


def add_training_length(parser: argparse.ArgumentParser) -> None:
    """Adds --seed and --epochs of a new training."""
    parser.add_argument(
        "--seed", type=natural, metavar="S", help="the training seed (with --seeds, the first)"
    )
    parser.add_argument("--epochs", type=positive, metavar="N", help="the number of epochs")


def add_told(parser: argparse.ArgumentParser) -> None:
    """Adds --told, with which a command that starts several trainings tells each thing once."""
    parser.add_argument(
        "--told", action="append", default=[], choices=ABOUT, help=argparse.SUPPRESS
    )


def add_thoroughness(parser: argparse.ArgumentParser) -> None:
    """Adds --quick, --full and --features."""
    size = parser.add_mutually_exclusive_group()
    size.add_argument(
        "--quick",
        dest="preset",
        action="store_const",
        const="quick",
        help="2,000 examples (default)",
    )
    size.add_argument(
        "--full",
        dest="preset",
        action="store_const",
        const="full",
        help="10,000 examples, narrower intervals",
    )
    parser.add_argument(
        "--features",
        action="append",
        default=[],
        metavar="NAME",
        help="a feature extractor to use instead of the automatic choice, as a name or, with "
        'parameters, as { use = "NAME", ... }; repeatable',
    )


def add_evaluate_options(parser: argparse.ArgumentParser) -> None:
    """Adds --quick, --full, --features, --again, --runs, --ignore-lock and --backend."""
    add_thoroughness(parser)
    parser.add_argument(
        "--again", action="store_true", help="evaluate again, even if there is an evaluation"
    )
    add_runs(parser)
    add_ignore_lock(parser)
    add_backend(parser)


def add_all(parser: argparse.ArgumentParser) -> None:
    """Adds --all, for the tables of scores."""
    parser.add_argument(
        "--all",
        dest="everything",
        action="store_true",
        help="show all scores; by default those that decide, and those of the model. --json always "
        "has all",
    )


def evaluate_options(args: argparse.Namespace) -> EvaluateOptions:
    """The options of `add_evaluate_options` as a value.

    Raises:
        UsageError: for --set, which cannot change a run.
    """
    from vaereg.cli.session import check_no_overrides
    from vaereg.workflows.options import EvaluateOptions

    check_no_overrides(args)
    return EvaluateOptions(
        preset=args.preset,
        features=tuple(args.features),
        again=args.again,
        runs=args.runs,
        backend=args.backend,
        ignore_lock=args.ignore_lock,
        no_plugins=args.no_plugins,
    )
