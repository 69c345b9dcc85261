"""Several evaluated runs in one table, a row for each run."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import attrs

from vaereg.comparison.figures import figure
from vaereg.comparison.headline_scores import PRIMARY, primary_names
from vaereg.comparison.measured_run import MeasuredRun
from vaereg.comparison.spaces import deciding_spaces
from vaereg.contracts.plain_values import JsonObject
from vaereg.evaluation.evaluation import Evaluation, Score
from vaereg.reporting.differences import differing, settings_of

REAL = "real data"
"""The name of the row that holds the references."""


@attrs.frozen(kw_only=True)
class RunTable:
    """Evaluated runs, what differs between them, and their scores.

    Args:
        names: the name of each run.
        evaluations: the evaluation of each run.
        differences: the keys that differ between the runs, each with the value of every run.
    """

    names: tuple[str, ...]
    evaluations: tuple[Evaluation, ...]
    differences: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def scores(self) -> tuple[str, ...]:
        """The names of all scores, in the order in which they were measured."""
        return tuple(dict.fromkeys(name for each in self.evaluations for name in each.scores))

    def score(self, name: str) -> Score:
        """A score of this name, of the first run that has it."""
        return next(each.scores[name] for each in self.evaluations if name in each.scores)

    @property
    def primary_scores(self) -> tuple[str, ...]:
        """The names of the scores that decide in a comparison."""
        runs = [MeasuredRun(run=each.run, evaluation=each) for each in self.evaluations]
        spaces = [deciding_spaces([each]).names for each in runs]
        deciding = [
            name
            for question in PRIMARY
            for names in spaces
            for name in primary_names(question, names)
        ]
        return tuple(name for name in dict.fromkeys(deciding) if name in self.scores)


def run_table(
    names: Sequence[str], declared: Sequence[JsonObject], evaluations: Sequence[Evaluation]
) -> RunTable:
    """Puts runs side by side.

    Args:
        names: the name of each run.
        declared: the content of each run's declaration.toml.
        evaluations: the evaluation of each run.
    """
    settings = [settings_of(*each) for each in zip(declared, evaluations, strict=True)]
    return RunTable(
        names=tuple(names),
        evaluations=tuple(evaluations),
        differences=differing(settings, brackets=False),
    )


def as_text_rows(
    table: RunTable, scores: Sequence[str]
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The header and the rows as text: runs, what differs, and scores.

    The last row holds the references, if the runs were evaluated on the same examples.

    Args:
        table: the runs.
        scores: the names of the scores to show.
    """
    keys = [key for key, _ in table.differences]
    rows = [
        (name, *(values[i] for _, values in table.differences), *_values(evaluation, scores))
        for i, (name, evaluation) in enumerate(zip(table.names, table.evaluations, strict=True))
    ]
    first = table.evaluations[0]
    if all(each.evaluated_on == first.evaluated_on for each in table.evaluations):
        rows.append((REAL, *("" for _ in keys), *_references(table, scores)))
    return ("run", *keys, *scores), rows


def as_csv(table: RunTable) -> str:
    """Every score with its interval and its reference; numbers in full, empty if missing."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    fields = ("", "_low", "_high", "_reference")
    keys = [key for key, _ in table.differences]
    writer.writerow(["run", *keys, *(name + field for name in table.scores for field in fields)])
    for i, (name, evaluation) in enumerate(zip(table.names, table.evaluations, strict=True)):
        cells: list[str | float | None] = [name, *(values[i] for _, values in table.differences)]
        for each in table.scores:
            score = evaluation.scores.get(each)
            cells += (
                (None,) * len(fields)
                if score is None
                else (score.value, score.low, score.high, score.reference)
            )
        writer.writerow(cells)
    return stream.getvalue()


def as_markdown(table: RunTable) -> str:
    """Every score, and the references, as a table of Markdown."""
    header, rows = as_text_rows(table, table.scores)
    lines = [header, ("---",) * len(header), *rows]
    return "".join(f"| {' | '.join(map(_in_cell, line))} |\n" for line in lines)


def as_records(table: RunTable) -> list[JsonObject]:
    """A record for each run: what differs, and the scores with intervals and references."""
    return [
        {
            "run": name,
            "differs": {key: values[i] for key, values in table.differences},
            "scores": {
                score.name: {
                    "value": score.value,
                    "low": score.low,
                    "high": score.high,
                    "reference": score.reference,
                }
                for score in evaluation.scores.values()
            },
        }
        for i, (name, evaluation) in enumerate(zip(table.names, table.evaluations, strict=True))
    ]


def _values(evaluation: Evaluation, names: Sequence[str]) -> list[str]:
    found = [evaluation.scores.get(name) for name in names]
    return [
        "" if each is None else figure(each.value, share=each.share, unit=each.unit)
        for each in found
    ]


def _references(table: RunTable, names: Sequence[str]) -> list[str]:
    scores = [table.score(name) for name in names]
    return [figure(each.reference, share=each.share, unit=each.unit) for each in scores]


def _in_cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
