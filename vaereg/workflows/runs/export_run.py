"""Exports a run for programs without vaereg."""

from __future__ import annotations

from pathlib import Path

import attrs

from vaereg.errors import UsageError
from vaereg.runs.layout import ROOT
from vaereg.trained.exports.export_model import SAVED_MODEL, check_format
from vaereg.trained.load_run import load_run
from vaereg.trained.load_weights import FINAL


@attrs.frozen(kw_only=True)
class ExportOptions:
    """What to export, and where to.

    Args:
        to: "savedmodel".
        out: the folder; None for `<model>.savedmodel` in the current folder.
        sampler: the name of a sampler; None for the declared one.
        weights: "final", "last" or "best".
        runs: the folder of all runs.
        ignore_lock: continue even if installed versions or the data differ from the run lock.
        no_plugins: distributions to leave out; True for all but the built-in components.
        quiet: show no progress.
    """

    to: str = SAVED_MODEL
    out: Path | None = None
    sampler: str | None = None
    weights: str = FINAL
    runs: Path = ROOT
    ignore_lock: bool = False
    no_plugins: bool | tuple[str, ...] = False
    quiet: bool = False


def export_run(run: str, options: ExportOptions) -> Path:
    """Exports a run, and returns the folder.

    Args:
        run: a run folder, `<model>/<id>`, or a model's name for its newest run, also with
            `@SAMPLER`.
        options: what to export, and where to.

    Raises:
        RunError: if there is no such run, or its export gives other numbers than the model.
        UsageError: for an unknown format, or a place that is taken.
    """
    check_format(options.to)
    if options.sampler is not None and "@" in run:
        raise UsageError("the sampler is named twice: after @ and by --sampler")
    named = run if options.sampler is None else f"{run}@{options.sampler}"
    model = load_run(
        named,
        options.runs,
        weights=options.weights,
        backend="tensorflow",
        ignore_lock=options.ignore_lock,
        no_plugins=options.no_plugins,
        quiet=options.quiet,
    )
    out = options.out or Path(f"{model.declaration.model}.{options.to}")
    return model.export(out, options.to)
