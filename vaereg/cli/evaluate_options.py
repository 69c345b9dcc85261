"""The options that evaluate, compare and report share."""

from __future__ import annotations

import argparse

from vaereg.cli.resume import add_ignore_lock, add_runs
from vaereg.cli.train import add_backend


def add_evaluate_options(parser: argparse.ArgumentParser) -> None:
    """Adds --quick, --full, --features, --again, --runs, --ignore-lock and --backend."""
    add_thoroughness(parser)
    parser.add_argument(
        "--again", action="store_true", help="evaluate again what was evaluated before"
    )
    add_runs(parser)
    add_ignore_lock(parser)
    add_backend(parser)


def add_thoroughness(parser: argparse.ArgumentParser) -> None:
    """Adds --quick, --full and --features."""
    size = parser.add_mutually_exclusive_group()
    size.add_argument(
        "--quick",
        dest="preset",
        action="store_const",
        const="quick",
        help="2,000 examples and one feature extractor (the default)",
    )
    size.add_argument(
        "--full",
        dest="preset",
        action="store_const",
        const="full",
        help="10,000 examples, every extractor that fits, tighter bounds",
    )
    parser.add_argument(
        "--features",
        action="append",
        metavar="NAME",
        help='a feature extractor instead of auto, as a name or { use = "NAME", ... } with '
        "parameters; repeatable",
    )
