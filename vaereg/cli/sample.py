"""Draws new samples from a run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from vaereg.cli.options import add_backend, add_ignore_lock, add_run, natural, positive
from vaereg.contracts.plain_values import TomlValue
from vaereg.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of this command."""
    add_run(parser)
    parser.add_argument(
        "-n", type=positive, default=64, metavar="N", help="the number of samples (default: 64)"
    )
    parser.add_argument(
        "--sampler", metavar="NAME", help="a sampler component (default: the declared one)"
    )
    parser.add_argument(
        "--seed", type=natural, default=0, metavar="S", help="the seed of the samples (default: 0)"
    )
    parser.add_argument(
        "--given",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a condition of the samples, such as label=3 or label=Bag; label=0,1,2 gives each "
        "value in turn; repeatable, once for each condition",
    )
    parser.add_argument(
        "--weights",
        choices=("final", "last", "best"),
        default="final",
        help="final: the weights at the end of training, or those of the last checkpoint if the "
        "run is not finished (default); last or best: the weights of that checkpoint",
    )
    parser.add_argument(
        "--out",
        "-o",
        metavar="PATH",
        help="grid.png, samples.npz, samples.csv, samples.txt for texts, or folder/ for one PNG "
        "each (default: a file in the run)",
    )
    add_ignore_lock(parser)
    add_backend(parser)


def run(args: argparse.Namespace) -> int:
    """Draws samples, and prints where they are."""
    from vaereg.cli.output import print_json
    from vaereg.cli.session import check_no_overrides, tell_of
    from vaereg.cli.terminal import Terminal
    from vaereg.workflows.sample import SampleOptions, write_samples

    check_no_overrides(args)
    options = SampleOptions(
        n=args.n,
        sampler=args.sampler,
        seed=args.seed,
        weights=args.weights,
        out=args.out,
        given=conditions(args.given),
        backend=args.backend,
        runs=args.runs,
        ignore_lock=args.ignore_lock,
        no_plugins=args.no_plugins,
    )
    written = write_samples(args.run, options, tell_of(args))
    if args.json:
        print_json(
            {
                "run": str(written.run),
                "samples": str(written.path),
                "n": args.n,
                "seed": args.seed,
                "given": dict(options.given),
                "sampler": written.sampler,
                "weights": written.weights,
            }
        )
    else:
        Terminal(sys.stdout, args.color).print(str(written.path))
    return 0


def conditions(texts: Sequence[str]) -> dict[str, TomlValue]:
    """The values of --given by name: a text, a list of texts, or what TOML says.

    Raises:
        UsageError: if a text is not NAME=VALUE, or a name occurs twice.
    """
    found: dict[str, TomlValue] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not name or not value:
            raise UsageError(f"--given takes NAME=VALUE, such as label=3; got {text!r}")
        if name in found:
            raise UsageError(
                f"--given {name} occurs twice; write several values as --given {name}=A,B"
            )
        if value.startswith(("[", '"', "'")):
            found[name] = _of_toml(text, value)
        else:
            parts = [part.strip() for part in value.split(",")]
            found[name] = parts[0] if len(parts) == 1 else [part for part in parts if part]
    return found


def _of_toml(text: str, value: str) -> TomlValue:
    from vaereg.declaration.text.read_toml import TomlError, read_toml_value

    try:
        return read_toml_value(value)
    except TomlError as error:
        raise UsageError(f"--given {text}: {value} is not a value of TOML: {error}") from None
