"""Evaluates runs: are the samples sharp, varied and true to the data, and is the VAE healthy?"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, overload

import attrs

from vaereg.errors import UsageError
from vaereg.runs.layout import ROOT
from vaereg.workflows import evaluations
from vaereg.workflows.evaluated_runs.run_table import check_table_file, table_of_runs, write_table
from vaereg.workflows.options import (
    EvaluateOptions,
    Preset,
    RunLike,
    read_folder,
    read_no_plugins,
    read_preset,
    read_runs,
)
from vaereg.workflows.tell import Tell

if TYPE_CHECKING:
    from vaereg.comparison.targets import Target
    from vaereg.evaluation.evaluation import Evaluation
    from vaereg.reporting.run_table import RunTable

Feature: TypeAlias = str | Mapping[str, object]
"""A feature extractor: its name, or a table with `use` and its parameters."""


@attrs.frozen(kw_only=True)
class EvaluatedRun:
    """One run with its evaluation.

    Args:
        target: the name that was given, and the run that it stands for.
        file: the file with the scores.
        evaluation: the scores.
    """

    target: Target
    file: Path
    evaluation: Evaluation


@overload
def evaluate(  # type: ignore[overload-overlap]  # a str is a sequence too, but matches here first
    run: RunLike,
    *,
    preset: Preset | None = ...,
    features: Feature | Sequence[Feature] = ...,
    again: bool = ...,
    out: str | os.PathLike[str] | None = ...,
    backend: str | None = ...,
    runs: str | os.PathLike[str] = ...,
    ignore_lock: bool = ...,
    no_plugins: bool | Sequence[str] = ...,
    quiet: bool = ...,
) -> Evaluation: ...


@overload
def evaluate(
    run: Sequence[RunLike],
    *,
    preset: Preset | None = ...,
    features: Feature | Sequence[Feature] = ...,
    again: bool = ...,
    out: str | os.PathLike[str] | None = ...,
    backend: str | None = ...,
    runs: str | os.PathLike[str] = ...,
    ignore_lock: bool = ...,
    no_plugins: bool | Sequence[str] = ...,
    quiet: bool = ...,
) -> list[Evaluation]: ...


def evaluate(
    run: RunLike | Sequence[RunLike],
    *,
    preset: Preset | None = None,
    features: Feature | Sequence[Feature] = (),
    again: bool = False,
    out: str | os.PathLike[str] | None = None,
    backend: str | None = None,
    runs: str | os.PathLike[str] = ROOT,
    ignore_lock: bool = False,
    no_plugins: bool | Sequence[str] = False,
    quiet: bool = False,
) -> Evaluation | list[Evaluation]:
    """Evaluates finished runs, as `vaereg evaluate` does, and writes evaluation.json into each.

    An existing evaluation is read instead of made again.

    Args:
        run: a run folder, a run as `train` returns it, `<model>/<id>`, or a model's name for its
            newest run; with `@SAMPLER` for samples of another sampler, with `#SEED` for other
            samples. Or a list of them.
        preset: "quick" (2,000 examples) or "full" (10,000 examples, tighter bounds); None to use
            existing evaluations of either preset, and "quick" where one is missing.
        features: feature extractors to use instead of the automatic choice: a name, a table such
            as `{"use": "pixels", "dimensions": 32}`, or a list of them.
        again: evaluate again, even if there is an evaluation.
        out: a file for one table of all runs, with a row for each run: what differs between the
            runs, and every score. It ends in .csv, .md or .json.
        backend: the Keras backend; None for the one that keras was imported with, else that of
            the first run.
        runs: the folder of all runs.
        ignore_lock: continue even if installed versions or the data differ from the run lock.
        no_plugins: distributions to leave out; True for all but the built-in components.
        quiet: no warnings and no progress on stderr.

    Returns:
        The evaluation; for a list of runs, a list in the same order.

    Raises:
        RunError: if there is no such run, or it is not finished.
        LockError: if a component or the data differs and `ignore_lock` is false.
        DataError: if there are too few held-out examples, or an extractor cannot take the data.
        UsageError: if `out` has another ending, or is a folder.
    """
    options = evaluate_options(
        preset=preset,
        features=features,
        again=again,
        backend=backend,
        runs=runs,
        ignore_lock=ignore_lock,
        no_plugins=no_plugins,
    )
    names, as_list = read_runs(run)
    table = None if out is None else read_folder("out", out)
    evaluated = evaluate_each(names, options, Tell(quiet=quiet), out=table)
    found = [each.evaluation for each in evaluated]
    return found if as_list else found[0]


def evaluate_each(
    names: Sequence[str], options: EvaluateOptions, tell: Tell, *, out: Path | None = None
) -> list[EvaluatedRun]:
    """Evaluates the newest run that each name stands for, and writes a table of them.

    Args:
        names: as `vaereg.comparison.targets.read_target` takes them.
        options: how to evaluate.
        tell: receives warnings and progress.
        out: the file for the table; None for no table.

    Raises:
        UsageError: if the file of the table has another ending than .csv, .md or .json.
        RunError: if there is no such run, or it is not finished.
    """
    from vaereg.comparison.targets import read_target
    from vaereg.evaluation.evaluation_files import evaluation_path

    if out is not None:
        check_table_file(out)
    targets = [read_target(each, options.runs) for each in names]
    for target in targets:
        for note in target.notes:
            tell.warn(note)
    chosen = [(target.runs[-1].folder, target.variant) for target in targets]
    found = evaluations.ensure_evaluated(chosen, options, tell)
    evaluated = [
        EvaluatedRun(target=target, file=evaluation_path(*which), evaluation=evaluation)
        for target, which, evaluation in zip(targets, chosen, found, strict=True)
    ]
    if out is not None:
        write_table(side_by_side(evaluated), out)
    return evaluated


def side_by_side(evaluated: Sequence[EvaluatedRun]) -> RunTable:
    """The runs in one table, a row for each."""
    labels = [each.target.label for each in evaluated]
    runs = [
        (label if labels.count(label) == 1 else str(folder), folder)
        for label, folder in zip(
            labels, (each.target.runs[-1].folder for each in evaluated), strict=True
        )
    ]
    return table_of_runs(runs, [each.evaluation for each in evaluated])


def evaluate_options(
    *,
    preset: str | None,
    features: Feature | Sequence[Feature],
    again: bool = False,
    backend: str | None,
    runs: str | os.PathLike[str],
    ignore_lock: bool = False,
    no_plugins: bool | Sequence[str],
) -> EvaluateOptions:
    """The options of `evaluate` as a value.

    Raises:
        UsageError: for a value that is not allowed.
    """
    each = [features] if isinstance(features, (str, Mapping)) else features
    if not isinstance(each, Sequence):
        raise UsageError(f"features is a name, a table with `use`, or a list; got {features!r}")
    return EvaluateOptions(
        preset=read_preset(preset),
        features=tuple(map(_feature_text, each)),
        again=again,
        runs=read_folder("runs", runs),
        backend=backend,
        ignore_lock=ignore_lock,
        no_plugins=read_no_plugins(no_plugins),
    )


def _feature_text(feature: Feature) -> str:
    from vaereg.declaration.write import toml_value

    if isinstance(feature, str):
        return feature
    if not isinstance(feature, Mapping):
        raise UsageError(f"features holds names and tables with `use`; got {feature!r}")
    try:
        return toml_value(feature)
    except TypeError as error:
        raise UsageError(f"features: {error}") from None
