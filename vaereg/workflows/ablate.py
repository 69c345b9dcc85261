"""Ablates a component: trains a model with it and without it over paired seeds, and compares."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from vaereg.component import Offer
from vaereg.declaration.ablation import PARAMS, Ablation, ablation_of
from vaereg.declaration.declaration import Declaration
from vaereg.declaration.text.override import read_overrides
from vaereg.discovery.catalog import Catalog
from vaereg.discovery.open_registry import DEFAULT_REGISTRY, open_registry
from vaereg.errors import UsageError, before_writing
from vaereg.runs.layout import ROOT
from vaereg.trained.whole_number import whole_number
from vaereg.workflows.ablation_files import ablation_files, check_files
from vaereg.workflows.evaluate import Feature, evaluate_options
from vaereg.workflows.named_component import named_component
from vaereg.workflows.options import (
    EvaluateOptions,
    Preset,
    RegistryOptions,
    TrainOptions,
    read_folder,
    read_no_plugins,
    read_registry_file,
)
from vaereg.workflows.tell import Tell
from vaereg.workflows.train import with_options

if TYPE_CHECKING:
    from vaereg.comparison.targets import Target
    from vaereg.contracts.plain_values import TomlTable, TomlValue
    from vaereg.reporting.ablation import AblationResult
    from vaereg.runs.read import Run

SEEDS = 6
"""The fewest seeds that can decide; see `vaereg.comparison.statistics.method_effect`."""


@attrs.frozen(kw_only=True)
class AblateOptions:
    """Which component to ablate, and how.

    Args:
        component: as `named_component` takes it.
        model: the model to test the component in; None for the default.
        params: the component's parameters as a TOML table; empty for its defaults.
        seeds: the number of seeds per side.
        out: where to write the files, as `ablation_files` takes it.
        registry, training, evaluation: the options of each step.
    """

    component: str
    model: str | None = None
    params: str = ""
    seeds: int = SEEDS
    out: str | None = None
    registry: RegistryOptions
    training: TrainOptions
    evaluation: EvaluateOptions


def ablate(
    component: str,
    against: str | None = None,
    *,
    params: Mapping[str, TomlValue] | None = None,
    registry: str | os.PathLike[str] = DEFAULT_REGISTRY,
    seeds: int = SEEDS,
    seed: int | None = None,
    epochs: int | None = None,
    preset: Preset | None = None,
    features: Feature | Sequence[Feature] = (),
    backend: str | None = None,
    overrides: Sequence[str] = (),
    runs: str | os.PathLike[str] = ROOT,
    out: str | os.PathLike[str] | None = None,
    no_plugins: bool | Sequence[str] = False,
    quiet: bool = False,
) -> AblationResult:
    """Trains a model with and without a component, and compares, as `vaereg ablate` does.

    Each training runs in a process of its own; finished runs are used again. Writes
    ablation-NAME.md and a badge, ablation-NAME.svg.

    Args:
        component: `KIND/NAME`, `DISTRIBUTION/NAME`, or `NAME` alone if only one kind has it.
        against: the model; None for the default of the registry. If the model already uses the
            regularizer or discriminator, the comparison model leaves it out.
        params: the component's parameters, and its `weight` if it has one.
        registry: the file that declares the model. It is not changed.
        seeds: the number of seeds per side, at least 2; fewer than 6 decide nothing.
        seed, epochs: override [train]; `seed` is the first seed.
        preset, features: as in `evaluate`.
        backend: the Keras backend.
        overrides: as on the command line, `["models.sharp.latent=32"]`.
        runs: the folder of all runs.
        out: the .md file to write (the badge is written next to it), or a folder; None for the
            current folder.
        no_plugins: distributions to leave out; True for all but the built-in components.
        quiet: no warnings and no progress on stderr.

    Raises:
        UsageError: if the component cannot be ablated, or a file exists that no ablation wrote.
        DeclarationError: if the declaration of the model, or of the model with the component, is
            wrong.
        VaeregError: if a training fails, because the result must cover every seed.
        Interrupted: if the user interrupted it; the same call resumes.
    """
    from vaereg.declaration.write import toml_value

    try:
        text = "" if params is None else toml_value(params)
    except TypeError as error:
        raise UsageError(f"params: {error}") from None
    for name, value in (("component", component), ("against", against)):
        if not isinstance(value, str) and (name, value) != ("against", None):
            raise UsageError(f"{name} is a name; got {value!r}")
    left_out = read_no_plugins(no_plugins)
    folder = read_folder("runs", runs)
    options = AblateOptions(
        component=component,
        model=against,
        params=text,
        seeds=whole_number("seeds", seeds, 1),
        out=None if out is None else os.fspath(read_folder("out", out)),
        registry=RegistryOptions(
            registry=read_registry_file(registry),
            overrides=read_overrides(overrides),
            no_plugins=left_out,
        ),
        training=TrainOptions(seed=seed, epochs=epochs, backend=backend, runs=folder),
        evaluation=evaluate_options(
            preset=preset, features=features, backend=backend, runs=runs, no_plugins=left_out
        ),
    )
    return run_ablation(options, Tell(quiet=quiet))


def run_ablation(options: AblateOptions, tell: Tell) -> AblationResult:
    """Trains and evaluates the missing runs, compares both sides, and writes both files.

    Args:
        options: which component to ablate, and how.
        tell: receives warnings and progress.

    Raises:
        VaeregError: as `ablate`.
    """
    from vaereg.reporting.ablation import ablation_markdown
    from vaereg.reporting.badge import badge_svg
    from vaereg.runs.atomic import write_text

    if options.seeds < 2:
        raise UsageError("an ablation needs at least 2 seeds: one pair says nothing about a method")
    with before_writing():
        document, catalog = open_registry(
            options.registry.registry,
            options.registry.overrides,
            no_plugins=options.registry.no_plugins,
            warn=tell.warn,
            tracebacks=tell.tracebacks,
        )
        catalog.check_requirements(document.place(("plugins", "require")))
        offer = named_component(options.component, catalog)
        declared = ablation_of(document, catalog, offer, options.model, read_params(options.params))
    sides = attrs.evolve(
        declared,
        named=with_options(declared.named, options.training),
        without=with_options(declared.without, options.training),
        having=with_options(declared.having, options.training),
    )
    for warning in dict.fromkeys((*sides.without.warnings, *sides.having.warnings)):
        tell.warn(warning)
    text, picture = ablation_files(options.out, offer.name)
    check_files(text, picture)
    ablation = attrs.evolve(
        _train_and_compare(sides, offer, catalog, options, tell), files=(text, picture)
    )
    write_text(picture, badge_svg(offer.name, ablation.comparison.verdicts, ablation.title))
    write_text(text, ablation_markdown(ablation, picture.name))
    return ablation


def read_params(text: str) -> TomlTable | None:
    """The table of `params`; None if it is empty.

    Raises:
        UsageError: if it is not a TOML table.
    """
    if not text:
        return None
    from vaereg.declaration.text.read_toml import TomlError, read_toml_value

    example = "write a TOML table, such as '{ weight = 10.0 }'"
    try:
        found = read_toml_value(text)
    except TomlError as fault:
        raise UsageError(f"{PARAMS}: {text}: {fault}\n{example}") from None
    if not isinstance(found, dict):
        raise UsageError(f"{PARAMS}: {text} is not a table\n{example}")
    return found


def _train_and_compare(
    sides: Ablation, offer: Offer, catalog: Catalog, options: AblateOptions, tell: Tell
) -> AblationResult:
    """Trains, evaluates and compares."""
    from vaereg.comparison.compare_runs import compare_runs
    from vaereg.comparison.pairing import pair
    from vaereg.reporting.ablation import AblationResult
    from vaereg.workflows.backend_choice import backend_choice
    from vaereg.workflows.evaluations import ensure_evaluated
    from vaereg.workflows.paired_trainings import paired_trainings

    first = sides.named.train.seed
    seeds = range(first, first + options.seeds)
    backend = backend_choice(options.training.backend, tell).backend
    done = paired_trainings(
        (sides.without,) if sides.sampler else (sides.without, sides.having),
        seeds,
        catalog,
        attrs.evolve(options.registry, overrides=(*options.registry.overrides, *sides.settings)),
        attrs.evolve(options.training, backend=backend),
        tell,
    )
    pairing = pair(_target(sides.without, done), _target(sides.having, done, sampler=sides.sampler))
    evaluations = ensure_evaluated(
        [*pairing.a, *pairing.b], attrs.evolve(options.evaluation, backend=backend), tell
    )
    comparison = compare_runs(pairing, evaluations[: len(seeds)], evaluations[len(seeds) :])
    return AblationResult(
        offer=offer,
        model=sides.named.model,
        params=options.params,
        comparison=comparison,
        evaluations=tuple(evaluations),
        locks=tuple(run.lock for runs in done.values() for run in runs.values()),
        command=_repeating_command(offer, sides.named, comparison.preset, catalog, options),
        declaration=_portable_toml(sides.named),
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


def _portable_toml(declaration: Declaration) -> str:
    """The model as TOML, without any path of this machine."""
    from vaereg.declaration.write import declaration_toml

    return declaration_toml(
        attrs.evolve(declaration, folder=Path(), source=Path(declaration.source).name)
    )


def _repeating_command(
    offer: Offer, named: Declaration, preset: str, catalog: Catalog, options: AblateOptions
) -> str:
    """The command that repeats the ablation, with every option that affects its result."""
    name = offer.full_name if catalog.shadowed(offer) else offer.name
    words = ["vaereg", "ablate", f"{offer.kind}/{name}", "--against", named.model]
    if options.registry.registry != DEFAULT_REGISTRY:
        words += ["--registry", str(options.registry.registry)]
    for setting in options.registry.overrides:
        words += ["--set", setting]
    if options.params:
        words += ["--params", options.params]
    words += ["--seeds", str(options.seeds)]
    for option, value in (
        ("seed", options.training.seed),
        ("epochs", options.training.epochs),
        ("backend", options.training.backend),
    ):
        if value is not None:
            words += [f"--{option}", str(value)]
    words.append(f"--{preset}")
    for each in options.evaluation.features:
        words += ["--features", each]
    return shlex.join(words)
