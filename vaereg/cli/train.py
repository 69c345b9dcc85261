"""Trains models of registry.toml, each in a new run folder."""

from __future__ import annotations

import argparse
import sys

from vaereg.cli.options import (
    add_backend,
    add_runs,
    add_told,
    add_training_length,
    natural,
    positive,
)
from vaereg.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    parser.add_argument(
        "models",
        nargs="*",
        metavar="MODEL",
        help="the models to train (default: the default model of registry.toml)",
    )
    parser.add_argument("--seeds", type=positive, metavar="N", help="train each model with N seeds")
    add_training_length(parser)
    parser.add_argument(
        "--samples-every",
        type=natural,
        metavar="N",
        help="write a sample grid every N epochs; 0: only at the end",
    )
    parser.add_argument(
        "--evaluate-every",
        type=natural,
        metavar="N",
        help="evaluate samples every N epochs, as [train.evaluate] does; 0: never",
    )
    parser.add_argument(
        "--weights-from",
        metavar="RUN",
        help="begin with the weights of this finished run where they fit, instead of random ones",
    )
    parser.add_argument(
        "--tensorboard", action="store_true", help="also write logs for TensorBoard"
    )
    parser.add_argument(
        "--resume", metavar="RUN", help="continue this run instead, like `vaereg resume RUN`"
    )
    add_backend(parser)
    add_runs(parser)
    add_told(parser)


def run(args: argparse.Namespace) -> int:
    """Trains, and prints a summary of each run."""
    if args.resume:
        return _resume(args)
    from vaereg.cli.outcome import print_runs, summary
    from vaereg.cli.session import registry_options, tell_of, warning_printer
    from vaereg.cli.terminal import Terminal
    from vaereg.workflows.options import TrainOptions
    from vaereg.workflows.train import train_each
    from vaereg.workflows.train_many import FailedTraining

    options = TrainOptions(
        seed=args.seed,
        epochs=args.epochs,
        samples_every=args.samples_every,
        evaluate_every=args.evaluate_every,
        tensorboard=args.tensorboard,
        backend=args.backend,
        runs=args.runs,
        weights_from=args.weights_from,
    )
    terminal = Terminal(sys.stdout, args.color)
    warn = warning_printer(args)
    results, failed = [], []
    for each in train_each(
        args.models or [None], args.seeds or 1, registry_options(args), options, tell_of(args)
    ):
        results.append(each)
        if isinstance(each, FailedTraining):
            failed.append(each)
            if not args.json:  # whose document holds the error
                warn(f"{each.model}, seed {each.seed}, failed:\n{each.message}")
        elif not args.json:
            terminal.print(summary(each))
    if args.json:
        print_runs(results)
    elif failed:
        terminal.print(f"{len(failed)} of {len(results)} trainings failed")
    return failed[0].exit_code if failed else 0


def _resume(args: argparse.Namespace) -> int:
    from vaereg.cli.resume import continue_run

    given = [
        option
        for option, value in (
            ("MODEL", args.models),
            ("--seeds", args.seeds),
            ("--seed", args.seed),
            ("--samples-every", args.samples_every),
            ("--evaluate-every", args.evaluate_every),
            ("--tensorboard", args.tensorboard),
            ("--weights-from", args.weights_from),
            ("--set", args.overrides),
        )
        if value
    ]
    if given:
        raise UsageError(
            f"--resume continues a run as it was declared; {given[0]} cannot change it"
        )
    return continue_run(args, args.resume)
