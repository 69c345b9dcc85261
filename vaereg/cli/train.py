"""Trains models of registry.toml, each in a new run folder."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from vaereg.declaration.declaration import Declaration, Evaluating, TrainSettings
from vaereg.errors import UsageError

if TYPE_CHECKING:
    from vaereg.discovery.catalog import Catalog


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what only this command takes."""
    parser.add_argument(
        "models", nargs="*", metavar="MODEL", help="the models to train (default: `default`)"
    )
    parser.add_argument(
        "--seeds", type=positive, metavar="N", help="train each model N times, with N seeds"
    )
    parser.add_argument("--seed", type=natural, metavar="S", help="the first seed")
    parser.add_argument("--epochs", type=positive, metavar="N", help="how many epochs")
    parser.add_argument(
        "--samples-every",
        type=natural,
        metavar="N",
        help="write a sample grid every N epochs; 0 for only at the end",
    )
    parser.add_argument(
        "--evaluate-every",
        type=natural,
        metavar="N",
        help="evaluate the samples every N epochs, as [train.evaluate] says; 0 for not at all",
    )
    parser.add_argument("--tensorboard", action="store_true", help="write TensorBoard logs too")
    parser.add_argument(
        "--resume", metavar="RUN", help="continue that run instead; as `vaereg resume RUN`"
    )
    add_backend(parser)
    parser.add_argument(
        "--out",
        dest="root",
        type=Path,
        default=Path("runs"),
        metavar="DIR",
        help="where runs are kept (runs)",
    )


def add_backend(parser: argparse.ArgumentParser) -> None:
    """Adds --backend."""
    parser.add_argument(
        "--backend",
        metavar="NAME",
        help="tensorflow, jax, torch, or auto: what sees an accelerator, else tensorflow",
    )


def positive(text: str) -> int:
    """An integer of at least 1."""
    return _integer(text, 1)


def natural(text: str) -> int:
    """An integer of at least 0."""
    return _integer(text, 0)


def _integer(text: str, least: int) -> int:
    try:
        value = int(text)
    except ValueError:
        value = least - 1
    if value < least:
        raise argparse.ArgumentTypeError(f"must be an integer of at least {least}; got {text!r}")
    return value


def run(args: argparse.Namespace) -> int:
    """Trains, and prints where everything is."""
    if args.resume:
        return _resume(args)
    from vaereg.declaration.resolve import resolve
    from vaereg.workflows.open_registry import open_catalog, read_registry, warn

    document = read_registry(args)
    catalog = open_catalog(args, document)
    catalog.check_requirements()
    declarations = [
        with_options(resolve(document, catalog, model), args) for model in args.models or [None]
    ]
    for declaration in declarations:
        for warning in declaration.warnings:
            warn(args, warning)
    names = [declaration.model for declaration in declarations]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise UsageError(f"{', '.join(sorted(twice))} is named twice; use --seeds to repeat it")
    if len(declarations) * (args.seeds or 1) > 1:
        from vaereg.workflows.train_many import train_many

        return train_many(declarations, args)
    return _train_one(declarations[0], catalog, args)


def with_options(declaration: Declaration, args: argparse.Namespace) -> Declaration:
    """The declaration with what --epochs, --seed and the like say.

    Raises:
        UsageError: for a value that [train] does not take.
    """
    wishes = {
        "epochs": args.epochs,
        "seed": args.seed,
        "samples_every": args.samples_every,
        "tensorboard": args.tensorboard or None,
    }
    given: dict[str, Any] = {name: value for name, value in wishes.items() if value is not None}
    if args.evaluate_every is not None:
        declared = declaration.train.evaluate or Evaluating()
        given["evaluate"] = (
            attrs.evolve(declared, every=args.evaluate_every) if args.evaluate_every else None
        )
    try:
        settings: TrainSettings = attrs.evolve(declaration.train, **given)
    except ValueError as error:
        raise UsageError(str(error)) from None
    return attrs.evolve(declaration, train=settings)


def _train_one(declaration: Declaration, catalog: Catalog, args: argparse.Namespace) -> int:
    from vaereg.cli.outcome import print_outcome
    from vaereg.host.devices import choose_backend
    from vaereg.host.progress import Progress
    from vaereg.training.launch import start
    from vaereg.workflows.evaluate_in_training import evaluator_maker

    progress = Progress(quiet=args.quiet)
    choice = choose_backend(args.backend, progress.stage)
    outcome = start(
        declaration, catalog.records, args.root, choice, progress, evaluator_maker(catalog)
    )
    print_outcome(outcome, args)
    return 0


def _resume(args: argparse.Namespace) -> int:
    from vaereg.cli import resume

    given = [
        option
        for option, value in (
            ("MODEL", args.models),
            ("--seeds", args.seeds),
            ("--seed", args.seed),
            ("--samples-every", args.samples_every),
            ("--evaluate-every", args.evaluate_every),
            ("--tensorboard", args.tensorboard),
            ("--set", args.overrides),
        )
        if value
    ]
    if given:
        raise UsageError(
            f"--resume continues a run as it was declared; {given[0]} cannot change that"
        )
    args.run, args.which, args.ignore_lock = args.resume, "last", False
    return resume.run(args)
