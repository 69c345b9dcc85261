"""Writes a report on runs: one HTML file with samples, scores and figures."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from vaereg.errors import UsageError
from vaereg.runs.layout import ROOT, is_writable
from vaereg.workflows.check_place import check_place
from vaereg.workflows.evaluate import Feature, evaluate_options
from vaereg.workflows.options import EvaluateOptions, Preset, RunLike, read_folder, read_runs
from vaereg.workflows.tell import Tell

if TYPE_CHECKING:
    from vaereg.comparison.targets import Target
    from vaereg.evaluation.evaluation_files import Variant
    from vaereg.reporting.reported_run import ReportedRun
    from vaereg.reporting.sections.seeds import Compared
    from vaereg.runs.layout import RunFolder

    Named = tuple[RunFolder, Variant, str]


@attrs.frozen(kw_only=True)
class WrittenReport:
    """A report that was written.

    Args:
        path: the HTML file.
        runs: the runs that it shows.
        compared: the comparison of the first two; None if there is none.
    """

    path: Path
    runs: Sequence[ReportedRun]
    compared: Compared | None


def report(
    run: RunLike | Sequence[RunLike],
    *,
    compare: bool = False,
    out: str | os.PathLike[str] | None = None,
    preset: Preset | None = None,
    features: Feature | Sequence[Feature] = (),
    again: bool = False,
    backend: str | None = None,
    runs: str | os.PathLike[str] = ROOT,
    ignore_lock: bool = False,
    no_plugins: bool | Sequence[str] = False,
    quiet: bool = False,
) -> Path:
    """Writes a report on one or several runs, as `vaereg report` does.

    Args:
        run: a run, or a list of them, as in `evaluate`. Runs without an evaluation are evaluated
            first.
        compare: begin with the verdict of `compare`: whether the second run is better than the
            first.
        out: the file; None for report.html in the run, or, for several runs, report-A-vs-B.html
            in the folder of runs.
        preset, features, again, backend, runs, ignore_lock, no_plugins, quiet: as in `evaluate`.

    Returns:
        The HTML file, which needs no network.

    Raises:
        UsageError: if `out` is a folder, or if `compare` is true for fewer than two runs.
        RunError: if a run is missing or not finished, or the file cannot be written.
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
    written = write_report(
        read_runs(run)[0],
        options,
        Tell(quiet=quiet),
        compare=compare,
        out=None if out is None else read_folder("out", out),
    )
    return written.path


def write_report(
    names: Sequence[str],
    options: EvaluateOptions,
    tell: Tell,
    *,
    compare: bool = False,
    out: Path | None = None,
) -> WrittenReport:
    """Evaluates runs without an evaluation, and writes the report.

    Args:
        names: as `vaereg.comparison.targets.read_target` takes them.
        options: how to evaluate.
        tell: receives warnings and progress.
        compare, out: as in `report`.

    Raises:
        UsageError, RunError: as in `report`.
    """
    from vaereg.comparison.targets import read_target
    from vaereg.reporting.report import report_html
    from vaereg.runs.atomic import write_text

    if not names:
        raise UsageError("a report needs at least one run")
    if compare and len(names) < 2:
        raise UsageError(f"a report with a comparison needs two runs, A and {names[0]}")
    targets = [read_target(each, options.runs) for each in names]
    path = out or default_path(targets, options.runs)
    check_place(path, "report.html")
    runs, compared = _read_content(targets, options, tell, compare=compare)
    write_text(path, report_html(runs, compared))
    return WrittenReport(path=path, runs=runs, compared=compared)


def _read_content(
    targets: Sequence[Target], options: EvaluateOptions, tell: Tell, *, compare: bool
) -> tuple[list[ReportedRun], Compared | None]:
    """The content to show for each target, and the comparison of the first two."""
    from vaereg.comparison.compare_runs import compare_runs
    from vaereg.comparison.pairing import pair
    from vaereg.discovery.discover import discover
    from vaereg.reporting.reported_run import read_reported
    from vaereg.reporting.sections.seeds import Compared
    from vaereg.workflows import evaluations

    catalog = discover(no_plugins=options.no_plugins)
    labels = short_labels(targets)
    shown: list[Named] = [
        (each.runs[-1].folder, each.variant, label)
        for each, label in zip(targets, labels, strict=True)
    ]
    if not compare:
        chosen = [(folder, variant) for folder, variant, _ in shown]
        made = evaluations.ensure_evaluated(chosen, options, tell)
        return read_reported(shown, made, catalog), None
    pairing = attrs.evolve(pair(targets[0], targets[1]), label_a=labels[0], label_b=labels[1])
    others = shown[2:]
    count = len(pairing.a)
    found = evaluations.ensure_evaluated(
        [*pairing.a, *pairing.b, *(each[:2] for each in others)], options, tell
    )
    of_a, of_b, of_others = found[:count], found[count : 2 * count], found[2 * count :]
    compared = Compared(comparison=compare_runs(pairing, of_a, of_b), a=tuple(of_a), b=tuple(of_b))
    # Always the first pair, so that the pictures are not cherry-picked.
    first = [(*pairing.a[0], pairing.label_a), (*pairing.b[0], pairing.label_b)]
    made = [of_a[0], of_b[0], *of_others]
    return read_reported([*first, *others], made, catalog), compared


def short_labels(targets: Sequence[Target]) -> list[str]:
    """The names of targets in headings; run ids are left out unless two names would be equal."""
    short = [
        target.label
        if target.is_model
        else target.label.replace(f"/{target.runs[-1].folder.path.name}", "", 1)
        for target in targets
    ]
    return [
        name if short.count(name) == 1 else target.label
        for name, target in zip(short, targets, strict=True)
    ]


def default_path(targets: Sequence[Target], root: Path) -> Path:
    """The default file: in the run folder, or, for several runs, in the folder of runs.

    If that folder is read-only, it is in the current folder.
    """
    if len(targets) == 1 and is_writable(targets[0].runs[-1].folder.path):
        return targets[0].runs[-1].folder.path / f"report{targets[0].variant.suffix}.html"
    names = [re.sub(r"[^\w.@#=-]+", "-", target.label).replace("#", "-seed") for target in targets]
    name = f"report-{'-vs-'.join(names)}"[:200]
    folder = root if root.is_dir() else targets[0].runs[-1].folder.path.parent.parent
    return (folder if is_writable(folder) else Path.cwd()) / f"{name}.html"
