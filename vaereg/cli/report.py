"""Writes a report on runs: one HTML file with samples, scores and figures, which needs no network.

One run gets its own page, several are shown side by side. With --compare, whether the second is
better than the first stands on top, as `vaereg compare` finds it. Runs that were not evaluated yet
are evaluated first.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from vaereg.cli.evaluate_options import add_evaluate_options
from vaereg.errors import RunError, UsageError

if TYPE_CHECKING:
    from vaereg.comparison.targets import Target
    from vaereg.evaluation.evaluation_files import Variant
    from vaereg.reporting.reported_run import ReportedRun
    from vaereg.reporting.sections.seeds import Compared
    from vaereg.runs.layout import RunFolder

    Named = tuple[RunFolder, Variant, str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what only this command takes."""
    parser.add_argument(
        "runs",
        nargs="+",
        metavar="RUN",
        help="a run folder, <model>/<id>, or a model for its newest run; with @SAMPLER for samples "
        "of another sampler, with #SEED for other samples",
    )
    parser.add_argument(
        "--compare",
        action="store_true",
        help="say first whether the second is better than the first, two models by all their "
        "training seeds",
    )
    parser.add_argument(
        "--out",
        "-o",
        type=Path,
        metavar="PATH",
        help="the file (default: report.html in the run; of several, report-A-vs-B.html beside "
        "the models)",
    )
    add_evaluate_options(parser)


def run(args: argparse.Namespace) -> int:
    """Evaluates what was not evaluated yet, writes the report, and prints where it is."""
    from vaereg.cli.output import print_json
    from vaereg.cli.terminal import Terminal
    from vaereg.comparison.targets import read_target
    from vaereg.reporting.report import report_html
    from vaereg.runs.atomic import write_text

    if args.compare and len(args.runs) < 2:
        raise UsageError(f"--compare needs two runs, such as: vaereg report A {args.runs[0]}")
    targets = [read_target(each, args.root) for each in args.runs]
    path = args.out or default_path(targets, args.root)
    check_place(path)
    runs, compared = read(targets, args)
    write_text(path, report_html(runs, compared))
    if args.json:
        shown = [{"run": run.evaluation.run, "label": run.label} for run in runs]
        comparison = compared.comparison.as_dict() if compared else None
        print_json({"report": str(path), "runs": shown, "comparison": comparison})
    else:
        Terminal(sys.stdout, args.color).print(str(path))
    return 0


def read(
    targets: Sequence[Target], args: argparse.Namespace
) -> tuple[list[ReportedRun], Compared | None]:
    """What is shown of each target, and what a comparison of the first two says."""
    from vaereg.comparison.compare_runs import compare_runs
    from vaereg.comparison.pairing import pair
    from vaereg.reporting.reported_run import read_reported
    from vaereg.reporting.sections.seeds import Compared
    from vaereg.workflows.evaluations import ensure_evaluated

    labels = short_labels(targets)
    shown: list[Named] = [
        (each.runs[-1].folder, each.variant, label)
        for each, label in zip(targets, labels, strict=True)
    ]
    if not args.compare:
        evaluations = ensure_evaluated([(folder, variant) for folder, variant, _ in shown], args)
        return read_reported(shown, evaluations), None
    pairing = attrs.evolve(pair(targets[0], targets[1]), label_a=labels[0], label_b=labels[1])
    others = shown[2:]
    count = len(pairing.a)
    found = ensure_evaluated([*pairing.a, *pairing.b, *(each[:2] for each in others)], args)
    of_a, of_b, of_others = found[:count], found[count : 2 * count], found[2 * count :]
    compared = Compared(comparison=compare_runs(pairing, of_a, of_b), a=tuple(of_a), b=tuple(of_b))
    # The first pair, so that nobody picks the pictures.
    first = [(*pairing.a[0], pairing.label_a), (*pairing.b[0], pairing.label_b)]
    return read_reported([*first, *others], [of_a[0], of_b[0], *of_others]), compared


def short_labels(targets: Sequence[Target]) -> list[str]:
    """What headings call the targets: without the ids of runs where that tells them apart too."""
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
    """Where a report goes: into its run, or that of several beside the models."""
    if len(targets) == 1:
        return targets[0].runs[-1].folder.path / f"report{targets[0].variant.suffix}.html"
    names = [re.sub(r"[^\w.@#=-]+", "-", target.label).replace("#", "-seed") for target in targets]
    name = f"report-{'-vs-'.join(names)}"[:200]
    folder = root if root.is_dir() else targets[0].runs[-1].folder.path.parent.parent
    return folder / f"{name}.html"


def check_place(path: Path) -> None:
    """Tells before minutes of evaluation that the report could not be written.

    Raises:
        UsageError: if it is a folder.
        RunError: if the folder it is to lie in does not exist.
    """
    if path.is_dir():
        raise UsageError(f"--out {path} is a folder; give the file, such as {path / 'report.html'}")
    if not path.parent.is_dir():
        raise RunError(f"cannot write {path}: the folder {path.parent} does not exist. Make it.")
