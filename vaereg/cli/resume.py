"""Continues a run from its last checkpoint. The result is the same to the bit.

--set changes a setting from here on: epochs, learning rates, early stopping, checkpoints,
evaluation, samples, and the weights of terms.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from vaereg.cli.options import add_backend, add_ignore_lock, add_run, add_told, positive

if TYPE_CHECKING:
    from vaereg.workflows.resume import Checkpoint


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    add_run(parser)
    parser.add_argument(
        "--epochs",
        type=positive,
        metavar="N",
        help="train up to N epochs in total, instead of the declared number",
    )
    parser.add_argument(
        "--from",
        dest="checkpoint",
        choices=("last", "best"),
        help="the checkpoint to continue from (default: last); with `last`, also if that of the "
        "best epoch is lost, which early stopping needs",
    )
    add_ignore_lock(parser)
    add_backend(parser)
    add_told(parser)


def run(args: argparse.Namespace) -> int:
    """Continues the run, and prints its summary."""
    return continue_run(args, args.run, checkpoint=args.checkpoint, ignore_lock=args.ignore_lock)


def continue_run(
    args: argparse.Namespace,
    run: str,
    *,
    checkpoint: Checkpoint | None = None,
    ignore_lock: bool = False,
) -> int:
    """Continues a run; --epochs, --backend, --runs and the common options are in `args`."""
    from vaereg.cli.outcome import print_runs, summary
    from vaereg.cli.session import tell_of
    from vaereg.cli.terminal import Terminal
    from vaereg.workflows.resume import resume

    finished = resume(
        run,
        epochs=args.epochs,
        overrides=args.overrides,
        checkpoint=checkpoint,
        backend=args.backend,
        runs=args.runs,
        ignore_lock=ignore_lock,
        no_plugins=args.no_plugins,
        tell=tell_of(args),
    )
    if args.json:
        print_runs([finished])
    else:
        Terminal(sys.stdout, args.color).print(summary(finished))
    return 0
