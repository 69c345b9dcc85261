"""Ablates what a component is good for: a model with it and without it, over paired seeds.

Trains what is not trained yet, each run in a process of its own, evaluates, compares, and writes
ablation-NAME.md (the verdicts as a table, the data, versions and the command that makes it again)
and ablation-NAME.svg (a badge) for the README of the component's plugin. An interrupted ablation
goes on when the same command is given again. registry.toml stays as it is.

`vaereg ablate focal_frequency --against baseline --params '{ weight = 10.0 }'`; a regularizer or
discriminator that the model holds already is taken away on the other side. A sampler draws from
the same trained models.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from vaereg.cli.arguments import DEFAULT_REGISTRY
from vaereg.cli.evaluate_options import add_thoroughness
from vaereg.cli.train import add_backend, natural, positive, with_options
from vaereg.component import Offer
from vaereg.declaration.ablation import PARAMS, Ablation, ablation_of
from vaereg.declaration.declaration import Declaration
from vaereg.errors import RunError, UsageError

if TYPE_CHECKING:
    from vaereg.comparison.targets import Target
    from vaereg.discovery.catalog import Catalog
    from vaereg.reporting.ablation import AblationResult
    from vaereg.runs.read import Run

SEEDS = 6
"""The fewest that can decide; see `vaereg.comparison.statistics.method_effect`."""

RUNS = Path("runs")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what only this command takes."""
    parser.add_argument(
        "component",
        metavar="COMPONENT",
        help="what is ablated: KIND/NAME; NAME alone where one kind has it; DISTRIBUTION/NAME",
    )
    parser.add_argument(
        "--against", dest="model", metavar="MODEL", help="the model (default: `default`)"
    )
    parser.add_argument(
        PARAMS,
        metavar="TABLE",
        help="its parameters, and weight where it has one, as a TOML table: '{ weight = 10.0 }'",
    )
    parser.add_argument(
        "--seeds",
        type=at_least_two,
        default=SEEDS,
        metavar="N",
        help=f"train each side N times, with N seeds ({SEEDS}, the fewest that can decide)",
    )
    parser.add_argument("--seed", type=natural, metavar="S", help="the first seed")
    parser.add_argument("--epochs", type=positive, metavar="N", help="how many epochs")
    add_thoroughness(parser)
    parser.add_argument(
        "--runs",
        dest="root",
        type=Path,
        default=RUNS,
        metavar="DIR",
        help="where runs are kept, and looked for (runs)",
    )
    parser.add_argument(
        "--out",
        metavar="PATH",
        help="the .md to write, with the badge beside it, or a folder (ablation-NAME.md here)",
    )
    add_backend(parser)
    # What training and evaluating ask for beside.
    parser.set_defaults(
        samples_every=None,
        evaluate_every=None,
        tensorboard=False,
        again=False,
        ignore_lock=False,
    )


def at_least_two(text: str) -> int:
    """An integer of at least 2."""
    count = positive(text)
    if count < 2:
        raise argparse.ArgumentTypeError("must be at least 2: one pair tells nothing of a method")
    return count


def run(args: argparse.Namespace) -> int:
    """Trains, evaluates and compares what is needed, writes both files, and prints the verdicts."""
    from vaereg.cli.ablation_text import print_ablation
    from vaereg.cli.describe import offer_of
    from vaereg.cli.output import print_json
    from vaereg.cli.terminal import Terminal
    from vaereg.reporting.ablation import ablation_markdown
    from vaereg.reporting.badge import badge_svg
    from vaereg.runs.atomic import write_text
    from vaereg.workflows.open_registry import open_catalog, read_registry, warn

    document = read_registry(args)
    catalog = open_catalog(args, document)
    catalog.check_requirements()
    offer = offer_of(args.component, catalog)
    sides = _with_options(
        ablation_of(document, catalog, offer, args.model, params_of(args.params)), args
    )
    for warning in dict.fromkeys((*sides.without.warnings, *sides.having.warnings)):
        warn(args, warning)
    text, picture = files_of(args.out, offer.name)
    check_files(text, picture)
    ablation = _ablated(sides, offer, catalog, args)
    write_text(picture, badge_svg(offer.name, ablation.comparison.verdicts, ablation.title))
    write_text(text, ablation_markdown(ablation, picture.name))
    if args.json:
        print_json({"ablation": {**ablation.as_dict(), "files": [str(text), str(picture)]}})
    else:
        print_ablation(
            ablation,
            (text, picture),
            _more(ablation, args),
            Terminal(sys.stdout, args.color),
            quiet=args.quiet,
        )
    return 0


def params_of(text: str | None) -> dict[str, Any] | None:
    """The table of --params.

    Raises:
        UsageError: if it is no TOML table.
    """
    if text is None:
        return None
    import tomllib

    try:
        found = tomllib.loads(f"params = {text}")
    except tomllib.TOMLDecodeError as fault:
        raise UsageError(f"{PARAMS} {text}: {fault}\n{_TABLE}") from None
    if found.keys() != {"params"} or not isinstance(found["params"], dict):
        raise UsageError(f"{PARAMS} {text}: this is no table\n{_TABLE}")
    table: dict[str, Any] = found["params"]
    return table


_TABLE = f"write a TOML table, quoted for the shell: {PARAMS} '{{ weight = 10.0 }}'"


def files_of(out: str | None, name: str) -> tuple[Path, Path]:
    """Where the ablation and its badge go.

    Raises:
        UsageError: for a file that is no .md.
    """
    path = Path(out or ".")
    if path.suffix.lower() == ".md" and not path.is_dir():
        return path, path.with_suffix(".svg")
    if path.suffix and not path.is_dir() and not str(out).endswith(("/", "\\")):
        raise UsageError(f"--out {out}: give a .md, or a folder with a / at its end")
    return path / f"ablation-{name}.md", path / f"ablation-{name}.svg"


def check_files(*paths: Path) -> None:
    """Makes their folders, and tells before hours of training what could not be written.

    Raises:
        UsageError: if something else lies there.
        RunError: if the operating system refuses.
    """
    from vaereg.reporting.badge import MARK

    for path in paths:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            written = path.exists()
            ours = written and MARK in path.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise RunError(f"{path} cannot be written: {error.strerror or error}") from error
        if written and not ours:
            raise UsageError(
                f"{path} is there already and was not written by `vaereg ablate`, so it is kept.\n"
                "Name another file with --out."
            )
        if not os.access(path.parent, os.W_OK):
            raise RunError(f"{path} cannot be written: {path.parent} is not writable.")


def _with_options(sides: Ablation, args: argparse.Namespace) -> Ablation:
    return attrs.evolve(
        sides,
        named=with_options(sides.named, args),
        without=with_options(sides.without, args),
        having=with_options(sides.having, args),
    )


def _ablated(
    sides: Ablation, offer: Offer, catalog: Catalog, args: argparse.Namespace
) -> AblationResult:
    """Trains, evaluates and compares."""
    from vaereg.comparison.compare_runs import compare_runs
    from vaereg.comparison.pairing import pair
    from vaereg.host.devices import choose_backend
    from vaereg.host.progress import Progress
    from vaereg.reporting.ablation import AblationResult
    from vaereg.workflows.evaluations import ensure_evaluated
    from vaereg.workflows.paired_trainings import paired_trainings

    first = sides.named.train.seed
    seeds = range(first, first + args.seeds)
    backend = choose_backend(args.backend, Progress(quiet=args.quiet).stage).backend
    every = (sides.without,) if sides.sampler else (sides.without, sides.having)
    told = {**vars(args), "overrides": [*args.overrides, *sides.settings]}
    done = paired_trainings(every, seeds, catalog, backend, argparse.Namespace(**told))
    pairing = pair(_target(sides.without, done), _target(sides.having, done, sampler=sides.sampler))
    evaluated = argparse.Namespace(**{**vars(args), "overrides": [], "backend": backend})
    evaluations = ensure_evaluated([*pairing.a, *pairing.b], evaluated)
    comparison = compare_runs(pairing, evaluations[: len(seeds)], evaluations[len(seeds) :])
    return AblationResult(
        offer=offer,
        model=sides.named.model,
        params=args.params or "",
        comparison=comparison,
        evaluations=tuple(evaluations),
        locks=tuple(run.lock for runs in done.values() for run in runs.values()),
        command=command_of(offer, sides.named, comparison.preset, catalog, args),
        declaration=_portable(sides.named),
    )


def _target(
    declaration: Declaration, done: Mapping[str, Mapping[int, Run]], sampler: str = ""
) -> Target:
    """One side: exactly the runs that were trained or found for this ablation."""
    from vaereg.comparison.targets import Target, Trained, argument_of
    from vaereg.evaluation.evaluation_files import Variant

    variant = Variant(sampler=sampler)
    return Target(
        label=argument_of(declaration.model, variant),
        is_model=True,
        runs=tuple(
            Trained(folder=run.folder, model=declaration.model, seed=seed)
            for seed, run in done[declaration.model].items()
        ),
        variant=variant,
    )


def _portable(declaration: Declaration) -> str:
    """The model as TOML that names no folder of this machine."""
    from vaereg.declaration.write import declaration_toml

    return declaration_toml(
        attrs.evolve(declaration, folder=Path(), source=Path(declaration.source).name)
    )


def command_of(
    offer: Offer,
    named: Declaration,
    preset: str,
    catalog: Catalog,
    args: argparse.Namespace,
) -> str:
    """The command that makes the ablation again, with all that decides its result."""
    name = offer.full_name if catalog.shadowed(offer) else offer.name
    words = ["vaereg", "ablate", f"{offer.kind}/{name}", "--against", named.model]
    if args.registry is not DEFAULT_REGISTRY:
        words += ["--registry", str(args.registry)]
    for setting in args.overrides:
        words += ["--set", setting]
    if args.params:
        words += [PARAMS, args.params]
    words += ["--seeds", str(args.seeds)]
    for option in ("seed", "epochs", "backend"):
        value = getattr(args, option)
        if value is not None:
            words += [f"--{option}", str(value)]
    words.append(f"--{preset}")
    for each in args.features or ():
        words += ["--features", each]
    return shlex.join(words)


def _more(ablation: AblationResult, args: argparse.Namespace) -> str:
    """What shows every score."""
    a, b = ablation.comparison.a.label, ablation.comparison.b.label
    words = ["vaereg", "compare", a, b, *([] if args.root == RUNS else ["--runs", str(args.root)])]
    return shlex.join(words)
