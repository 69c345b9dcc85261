"""Puts evaluated runs side by side, and writes the table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vaereg.declaration.text.read_toml import read_toml
from vaereg.errors import RunError, UsageError
from vaereg.runs.atomic import read_text
from vaereg.runs.layout import RunFolder
from vaereg.workflows.check_place import check_place

if TYPE_CHECKING:
    from vaereg.contracts.plain_values import JsonObject
    from vaereg.evaluation.evaluation import Evaluation
    from vaereg.reporting.run_table import RunTable

ENDINGS = (".csv", ".md", ".json")
"""The formats of a table, by the ending of its file."""


def check_table_file(path: Path) -> None:
    """Checks the file of a table, before an evaluation takes minutes.

    Raises:
        UsageError: for another ending than .csv, .md or .json, or a folder.
        RunError: if its folder does not exist.
    """
    check_place(path, "scores.csv")
    if path.suffix.lower() not in ENDINGS:
        raise UsageError(f"out must end in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}; got {path}")


def table_of_runs(
    runs: Sequence[tuple[str, RunFolder]], evaluations: Sequence[Evaluation]
) -> RunTable:
    """The runs side by side.

    Args:
        runs: the name and the folder of each run.
        evaluations: the evaluation of each run.

    Raises:
        RunError: if a declaration cannot be read.
    """
    from vaereg.reporting.run_table import run_table

    declared = [_declared(folder) for _, folder in runs]
    return run_table([name for name, _ in runs], declared, evaluations)


def write_table(table: RunTable, path: Path) -> None:
    """Writes the table in the format that the ending of the file names."""
    from vaereg.reporting.run_table import as_csv, as_markdown, as_records
    from vaereg.runs.atomic import write_json, write_text

    ending = path.suffix.lower()
    if ending == ".json":
        write_json(path, {"runs": as_records(table)})
    else:
        write_text(path, as_csv(table) if ending == ".csv" else as_markdown(table))


def _declared(folder: RunFolder) -> JsonObject:
    try:
        return read_toml(read_text(folder.declaration))
    except ValueError as error:
        raise RunError(f"{folder.declaration} cannot be read: {error}") from error
