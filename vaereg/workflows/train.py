"""Trains models of registry.toml, each in a new run folder."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload  # the values of [train] have many types

import attrs

from vaereg.declaration.declaration import Declaration, Evaluating, TrainSettings
from vaereg.declaration.resolve import resolve
from vaereg.declaration.text.override import read_overrides
from vaereg.discovery.catalog import Catalog
from vaereg.discovery.open_registry import DEFAULT_REGISTRY, open_registry
from vaereg.errors import RunError, UsageError, VaeregError, before_writing
from vaereg.runs.layout import ROOT
from vaereg.runs.read import Run, check_finished, read_run
from vaereg.trained.whole_number import whole_number
from vaereg.workflows.finished_run import FinishedRun, run_from_outcome
from vaereg.workflows.options import (
    RegistryOptions,
    RunLike,
    TrainOptions,
    read_folder,
    read_no_plugins,
    read_registry_file,
    read_run_like,
)
from vaereg.workflows.tell import Tell
from vaereg.workflows.train_many import FailedTraining, train_many


@overload
def train(
    registry: str | os.PathLike[str] = ...,
    model: str | None = ...,
    *,
    seeds: None = ...,
    seed: int | None = ...,
    epochs: int | None = ...,
    samples_every: int | None = ...,
    evaluate_every: int | None = ...,
    tensorboard: bool = ...,
    backend: str | None = ...,
    overrides: Sequence[str] = ...,
    runs: str | os.PathLike[str] = ...,
    weights_from: RunLike | None = ...,
    no_plugins: bool | Sequence[str] = ...,
    quiet: bool = ...,
) -> FinishedRun: ...


@overload
def train(
    registry: str | os.PathLike[str] = ...,
    model: Sequence[str] | None = ...,
    *,
    seeds: int | None = ...,
    seed: int | None = ...,
    epochs: int | None = ...,
    samples_every: int | None = ...,
    evaluate_every: int | None = ...,
    tensorboard: bool = ...,
    backend: str | None = ...,
    overrides: Sequence[str] = ...,
    runs: str | os.PathLike[str] = ...,
    weights_from: RunLike | None = ...,
    no_plugins: bool | Sequence[str] = ...,
    quiet: bool = ...,
) -> list[FinishedRun]: ...


def train(
    registry: str | os.PathLike[str] = DEFAULT_REGISTRY,
    model: str | Sequence[str] | None = None,
    *,
    seeds: int | None = None,
    seed: int | None = None,
    epochs: int | None = None,
    samples_every: int | None = None,
    evaluate_every: int | None = None,
    tensorboard: bool = False,
    backend: str | None = None,
    overrides: Sequence[str] = (),
    runs: str | os.PathLike[str] = ROOT,
    weights_from: RunLike | None = None,
    no_plugins: bool | Sequence[str] = False,
    quiet: bool = False,
    parts: Mapping[str, object] | None = None,
) -> FinishedRun | list[FinishedRun]:
    """Trains declared models, as `vaereg train` does.

    A single training runs in this process, with the backend that keras was imported with. Several
    trainings run one after another, each in a process of its own.

    Args:
        registry: the file that declares the models; `vaereg.build` takes a text or a mapping too.
        model: the name of a model, or a list of names; None for the file's default.
        seeds: the number of seeds with which to train each model.
        seed: the training seed, or the first of `seeds`; None for that of [train].
        epochs, samples_every, evaluate_every, tensorboard: override [train].
        backend: "tensorflow", "jax", "torch" or "auto"; None for the one that keras was imported
            with, else KERAS_BACKEND, else "auto".
        overrides: as on the command line, `["models.sharp.latent=32"]`.
        runs: the folder of all runs.
        weights_from: a finished run to begin with: its final weights are taken where path and
            shape fit, the others begin anew and are told. The data may be others. The run lock and
            the report name that run.
        no_plugins: distributions to leave out; True for all but the built-in components.
        quiet: no warnings and no progress on stderr.
        parts: refused; `vaereg.build` takes parts of your own.

    Returns:
        The finished run. If `model` is a list or `seeds` is given, a list of runs, ordered by model
        and then by seed, even if there is only one.

    Raises:
        DeclarationError: if the declaration is wrong, with every problem.
        PluginError: if a plugin is missing or broken.
        BackendError: if keras was imported with a backend other than the requested one.
        DataError: if the data cannot be used.
        RunError: if a training fails; with several trainings, after all have been tried.
        Interrupted: if the user interrupted it. `resume` continues the run.
    """
    if parts is not None:
        raise UsageError(
            "train takes no parts, because such a run could not be built again from its folder. "
            "Train the model with vaereg.build and fit, or offer the part as a plugin component"
        )
    as_list = seeds is not None or not (model is None or isinstance(model, str))
    results = train_each(
        _read_models(model),
        1 if seeds is None else whole_number("seeds", seeds, 1),
        RegistryOptions(
            registry=read_registry_file(registry),
            overrides=read_overrides(overrides),
            no_plugins=read_no_plugins(no_plugins),
        ),
        TrainOptions(
            seed=seed,
            epochs=epochs,
            samples_every=samples_every,
            evaluate_every=evaluate_every,
            tensorboard=tensorboard,
            backend=backend,
            runs=read_folder("runs", runs),
            weights_from=None if weights_from is None else read_run_like(weights_from),
        ),
        Tell(quiet=quiet),
    )
    finished, failed = [], []
    for each in results:
        if isinstance(each, FailedTraining):
            failed.append(each)
        else:
            finished.append(each)
    if failed:
        raise _failure(finished, failed)
    return finished if as_list else finished[0]


def _read_models(model: str | Sequence[str] | None) -> tuple[str | None, ...]:
    if model is None or isinstance(model, str):
        return (model,)
    if not isinstance(model, Sequence) or not all(isinstance(each, str) for each in model):
        raise UsageError(f"model is the name of a model, or a list of names; got {model!r}")
    if not model:
        raise UsageError("model is an empty list; name a model, or leave it out for the default")
    return tuple(model)


def _failure(finished: Sequence[FinishedRun], failed: Sequence[FailedTraining]) -> VaeregError:
    lines = [f"{len(failed)} of {len(finished) + len(failed)} trainings failed."]
    lines += [f"{each.model}, seed {each.seed}: {each.message}" for each in failed]
    if finished:
        lines.append(f"finished: {', '.join(str(each.folder) for each in finished)}")
    error = RunError("\n".join(lines))
    error.exit_code = failed[0].exit_code
    return error


def train_each(
    models: Sequence[str | None],
    seeds: int,
    registry: RegistryOptions,
    options: TrainOptions,
    tell: Tell,
) -> Iterator[FinishedRun | FailedTraining]:
    """Trains models with seeds, and yields each result as soon as it is known.

    Args:
        models: the names of the models; None for the default.
        seeds: the number of seeds per model.
        registry: which registry to read, and with which plugins.
        options: values that override [train].
        tell: receives warnings and progress.

    Raises:
        VaeregError: if a single training fails; with several, the failure is yielded instead.
        Interrupted: if a training was interrupted.
    """
    with before_writing():
        opened = open_registry(
            registry.registry,
            registry.overrides,
            no_plugins=registry.no_plugins,
            warn=tell.warn_of_declaration,
            tracebacks=tell.tracebacks,
        )
        opened.catalog.check_requirements(opened.document.place(("plugins", "require")))
        declarations = [
            with_options(resolve(opened.document, opened.catalog, model), options)
            for model in models
        ]
    for declaration in declarations:
        for warning in declaration.warnings:
            tell.warn_of_declaration(warning)
    source = None
    if options.weights_from is not None:  # found once, since a training makes newer runs
        source = read_run(options.weights_from, options.runs)
        check_finished(source)
        options = attrs.evolve(options, weights_from=str(source.folder))
    names = [declaration.model for declaration in declarations]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise UsageError(
            f"{', '.join(sorted(twice))} is named twice; use the option `seeds` to repeat it"
        )
    if len(declarations) * seeds > 1:
        yield from train_many(declarations, seeds, registry, options, tell)
    else:
        yield _train_here(declarations[0], opened.catalog, options, tell, source)


def with_options(declaration: Declaration, options: TrainOptions) -> Declaration:
    """The declaration with the options applied to its [train].

    Raises:
        UsageError: for a value that [train] does not allow.
    """
    given: dict[str, Any] = {  # fields of Train, each of its type
        name: whole_number(name, value, least, most)
        for name, value, least, most in (
            ("epochs", options.epochs, 1, None),
            ("seed", options.seed, 0, 2**31 - 1),
            ("samples_every", options.samples_every, 0, None),
        )
        if value is not None
    }
    if options.tensorboard:
        given["tensorboard"] = True
    if options.evaluate_every is not None:
        every = whole_number("evaluate_every", options.evaluate_every, 0)
        declared = declaration.train.evaluate or Evaluating()
        given["evaluate"] = attrs.evolve(declared, every=every) if every else None
    settings: TrainSettings = attrs.evolve(declaration.train, **given)
    return attrs.evolve(declaration, train=settings)


def _train_here(
    declaration: Declaration,
    catalog: Catalog,
    options: TrainOptions,
    tell: Tell,
    weights_from: Run | None,
) -> FinishedRun:
    from vaereg.training.launch import start
    from vaereg.workflows.backend_choice import backend_choice
    from vaereg.workflows.evaluate_in_training import evaluator_maker

    choice = backend_choice(options.backend, tell)
    outcome = start(
        declaration,
        catalog.records,
        options.runs,
        choice,
        tell.progress,
        evaluator_maker(catalog),
        weights_from,
    )
    return run_from_outcome(outcome, declaration.train.seed)
