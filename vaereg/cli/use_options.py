"""Options of the commands that use a trained model on examples."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from vaereg.cli.options import add_backend, add_ignore_lock, add_run

if TYPE_CHECKING:
    from vaereg.workflows.use.options import Used, UseOptions
    from vaereg.workflows.use.walk import WalkOptions

WEIGHTS = ("final", "last", "best")


def add_weights(parser: argparse.ArgumentParser) -> None:
    """Adds --weights."""
    parser.add_argument(
        "--weights",
        choices=WEIGHTS,
        default="final",
        help="final: the weights at the end of training, or those of the last checkpoint if the "
        "run is not finished (default); last or best: the weights of that checkpoint",
    )


def add_given(parser: argparse.ArgumentParser, what: str) -> None:
    """Adds --given, the conditions of `what`."""
    parser.add_argument(
        "--given",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help=f"a condition of {what}, such as label=3 or label=Bag; label=0,1,2 gives each value "
        "in turn; repeatable, once for each condition",
    )


def add_use_options(parser: argparse.ArgumentParser, out: str) -> None:
    """Adds RUN, DATA and the options of all commands that take them.

    Args:
        parser: of the command.
        out: the help of --out.
    """
    add_run(parser)
    parser.add_argument(
        "data",
        nargs="?",
        metavar="DATA",
        help="a file or a folder of examples, which is read as the training data was",
    )
    parser.add_argument(
        "--split", metavar="NAME", help="train, validation or test of the run, instead of DATA"
    )
    add_out(parser, out)
    add_given(parser, "all examples, instead of the labels that are read with them")
    add_weights(parser)
    add_ignore_lock(parser)
    add_backend(parser)


def add_out(parser: argparse.ArgumentParser, text: str) -> None:
    """Adds --out and --force."""
    parser.add_argument("--out", "-o", metavar="PATH", required=True, help=text)
    parser.add_argument("--force", action="store_true", help="replace an existing file")


def use_options(args: argparse.Namespace) -> UseOptions:
    """The options of `add_use_options` as a value.

    Raises:
        UsageError: for --set, which cannot change a run, and for a wrong --given.
    """
    from vaereg.cli.sample import conditions
    from vaereg.cli.session import check_no_overrides
    from vaereg.workflows.use.options import UseOptions

    check_no_overrides(args)
    return UseOptions(
        out=args.out,
        data=getattr(args, "data", None),
        split=getattr(args, "split", None),
        force=args.force,
        given=conditions(args.given),
        seed=getattr(args, "seed", 0),
        weights=args.weights,
        backend=args.backend,
        runs=args.runs,
        ignore_lock=args.ignore_lock,
        no_plugins=args.no_plugins,
    )


def walk_options(args: argparse.Namespace) -> WalkOptions:
    """The options of `interpolate` and `traverse` as a value.

    Raises:
        UsageError: as `use_options`, and for a walk of one step.
    """
    import attrs

    from vaereg.errors import UsageError
    from vaereg.workflows.use.walk import WalkOptions

    if args.steps < 2:
        raise UsageError(f"a walk has at least 2 steps; got -n {args.steps}")
    names = [name for name in ("width", "most", "at") if hasattr(args, name)]
    return WalkOptions(
        **attrs.asdict(use_options(args), recurse=False),
        steps=args.steps,
        **{name: getattr(args, name) for name in names},
    )


def print_walk(written: Used, args: argparse.Namespace) -> int:
    """Prints where the examples of a walk are; returns the exit code."""
    import sys

    from vaereg.cli.output import print_json
    from vaereg.cli.terminal import Terminal

    if args.json:
        print_json(
            {
                "run": str(written.run),
                "examples": str(written.path),
                "n": written.count,
                "weights": written.weights,
            }
        )
    else:
        Terminal(sys.stdout, args.color).print(str(written.path))
    return 0
