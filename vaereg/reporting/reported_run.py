"""The content of a run that a report needs: its evaluation, its arrays, and how it was trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from vaereg.comparison.verdicts.cause_kind import CauseKind
from vaereg.comparison.verdicts.remedies import SETTINGS, remedies
from vaereg.contracts.plain_values import JsonObject
from vaereg.declaration.text.read_toml import TomlError, read_toml
from vaereg.discovery.catalog import Catalog
from vaereg.errors import RunError
from vaereg.evaluation.evaluation import Evaluation
from vaereg.evaluation.evaluation_files import Variant, read_arrays
from vaereg.reporting.sheets import can_be_drawn, cells
from vaereg.runs.atomic import read_json
from vaereg.runs.history import read_history
from vaereg.runs.layout import RunFolder

SERIES = ("a", "b", "c", "d")
"""The colours and dashes of the runs in their order; they repeat after the last one."""


@attrs.frozen(kw_only=True, eq=False)
class ReportedRun:
    """One run of a report.

    Args:
        letter: "A", "B" and so on, which identifies the run in figures together with its colour.
        label: the name of the run: its model, and what distinguishes it from the other runs.
        series: the colour, one of SERIES.
        evaluation: the scores.
        arrays: the content of evaluation.h5, by path.
        history: a column of numbers for each logged term, with `epoch` and `step`.
        lock: the content of lock.json: the versions and devices of the training.
        declaration: the text of declaration.toml.
        remedies: what may remove each kind of cause: other components, and settings.
    """

    letter: str
    label: str
    series: str
    evaluation: Evaluation
    arrays: dict[str, np.ndarray]
    history: dict[str, np.ndarray]
    lock: JsonObject
    declaration: str
    remedies: Mapping[CauseKind, Sequence[str]]

    def array(self, path: str) -> np.ndarray | None:
        """An array of evaluation.h5, or None if it is missing or empty."""
        found = self.arrays.get(path)
        return found if found is not None and found.size else None

    def pictures(self, path: str, *, shrink: bool = True) -> np.ndarray | None:
        """Examples (n, ...) as pictures (n, h, w, c), or None if they cannot be drawn.

        Args:
            path: the path of the examples.
            shrink: make large images smaller.
        """
        examples = self.array(path)
        if examples is None or not can_be_drawn(examples):
            return None
        return cells(examples, self.value_range, shrink=shrink)

    def rows(self, path: str) -> np.ndarray | None:
        """Rows of examples (rows, n, ...) as pictures (rows, n, h, w, c), or None."""
        examples = self.array(path)
        if examples is None or examples.ndim < 3 or not can_be_drawn(examples[0]):
            return None
        flat = examples.reshape(-1, *examples.shape[2:])
        pictures = cells(flat, self.value_range)
        return pictures.reshape(*examples.shape[:2], *pictures.shape[1:])

    @property
    def value_range(self) -> tuple[float, float] | None:
        """The value range of all bars of this run, which is that of the real examples."""
        real = self.array("exhibits/real")
        if real is None or real.dtype == np.uint8 or not np.isfinite(real).any():
            return None
        low, high = float(np.nanmin(real)), float(np.nanmax(real))
        return (low, high) if low < high else None

    @property
    def declared(self) -> JsonObject:
        """declaration.toml as tables; empty if it cannot be read."""
        try:
            return read_toml(self.declaration)
        except TomlError:
            return {}


def read_reported(
    targets: Sequence[tuple[RunFolder, Variant, str]],
    evaluations: Sequence[Evaluation],
    catalog: Catalog,
) -> list[ReportedRun]:
    """Reads the content that a report shows of each run.

    Args:
        targets: for each run: its folder, the variant of its samples, and its name.
        evaluations: the evaluation of each run.
        catalog: the installed components, among which remedies are looked for.

    Raises:
        RunError: if a file of a run is missing or damaged.
    """
    labels = _distinct_labels([label for _, _, label in targets], evaluations)
    locks = [read_json(run.lock) for run, _, _ in targets]
    return [
        ReportedRun(
            letter=_run_letter(index),
            label=label,
            series=SERIES[index % len(SERIES)],
            evaluation=evaluation,
            arrays=read_arrays(run, variant, evaluation),
            history=_history(run),
            lock=lock,
            declaration=_declaration(run),
            remedies={
                cause: remedies(cause, lock, catalog, evaluation.evaluated_on.form)
                for cause in SETTINGS
            },
        )
        for index, ((run, variant, _), evaluation, label, lock) in enumerate(
            zip(targets, evaluations, labels, locks, strict=True)
        )
    ]


def _run_letter(index: int) -> str:
    """A to Z, then AA to AZ and so on."""
    before, last = divmod(index, 26)
    return (_run_letter(before - 1) if before else "") + chr(ord("A") + last)


def _distinct_labels(labels: Sequence[str], evaluations: Sequence[Evaluation]) -> list[str]:
    """The labels; the training seed is added to labels that occur twice."""
    return [
        f"{label}, training seed {evaluation.seed}" if labels.count(label) > 1 else label
        for label, evaluation in zip(labels, evaluations, strict=True)
    ]


def _history(run: RunFolder) -> dict[str, np.ndarray]:
    """The columns of history.csv; an empty cell is NaN."""
    rows = read_history(run.history)
    names = list(rows[0]) if rows else []
    try:
        return {
            name: np.array([float(row[name]) if row[name] else np.nan for row in rows])
            for name in names
        }
    except (ValueError, TypeError) as error:
        raise RunError(f"{run.history} cannot be read: {error}") from error


def _declaration(run: RunFolder) -> str:
    try:
        return run.declaration.read_text(encoding="utf-8")
    except OSError as error:
        raise RunError(f"{run.declaration} cannot be read: {error.strerror}") from error
