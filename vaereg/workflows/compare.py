"""Compares B with A: is it sharper, more varied, truer to the data?"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vaereg.runs.layout import ROOT
from vaereg.workflows.evaluate import Feature, evaluate_options
from vaereg.workflows.options import EvaluateOptions, Preset, RunLike, read_run_like
from vaereg.workflows.tell import Tell

if TYPE_CHECKING:
    from vaereg.comparison.comparison import Comparison


def compare(
    a: RunLike,
    b: RunLike,
    *,
    preset: Preset | None = None,
    features: Feature | Sequence[Feature] = (),
    again: bool = False,
    backend: str | None = None,
    runs: str | os.PathLike[str] = ROOT,
    ignore_lock: bool = False,
    no_plugins: bool | Sequence[str] = False,
    quiet: bool = False,
) -> Comparison:
    """Compares B with the baseline A, as `vaereg compare` does.

    Two models with at least two training seeds in common are compared as methods, seed by seed.
    Otherwise two trained models are compared, which says nothing about other trainings of them.
    Runs without an evaluation are evaluated first.

    Args:
        a: the baseline: a run folder, a run as `train` returns it, `<model>/<id>`, or a model's
            name for all its finished runs; with `@SAMPLER` or `#SEED` as in `evaluate`.
        b: what to compare with A, in the same form.
        preset, features, again, backend, runs, ignore_lock, no_plugins, quiet: as in `evaluate`.

    Raises:
        RunError: if a run is missing or not finished, or the evaluations cannot be compared.
        LockError, DataError: as in `evaluate`.
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
    return compare_named(read_run_like(a), read_run_like(b), options, Tell(quiet=quiet))


def compare_named(a: str, b: str, options: EvaluateOptions, tell: Tell) -> Comparison:
    """Compares the runs or models that two names stand for.

    Args:
        a, b: as `vaereg.comparison.targets.read_target` takes them.
        options: how to evaluate.
        tell: receives warnings and progress.

    Raises:
        RunError: if a run is missing or not finished, or the evaluations cannot be compared.
    """
    from vaereg.comparison.compare_runs import compare_runs
    from vaereg.comparison.pairing import pair
    from vaereg.comparison.targets import read_target
    from vaereg.workflows import evaluations

    pairing = pair(read_target(a, options.runs), read_target(b, options.runs))
    found = evaluations.ensure_evaluated([*pairing.a, *pairing.b], options, tell)
    count = len(pairing.a)
    return compare_runs(pairing, found[:count], found[count:])
