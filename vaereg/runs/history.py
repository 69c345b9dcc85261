"""history.csv: one row per epoch, one column per term. No times: equal runs have equal files."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from vaereg.errors import RunError
from vaereg.runs.atomic import read_text, write_text


class History:
    """The terms of every epoch; the file is complete after every row.

    Args:
        path: the file.
        names: the columns after `epoch` and `step`; the cell of a term without a value is empty.
            Columns that only earlier epochs have follow them.

    Attributes:
        rows: the cells of each epoch, by column.
    """

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self.path = path
        self.names = tuple(names)
        self.rows: list[dict[str, str]] = []

    def continue_after(self, epochs: int) -> None:
        """Keeps the first epochs in the file and removes later ones.

        Args:
            epochs: how many to keep.

        Raises:
            RunError: if the file cannot be read or holds fewer epochs.
        """
        rows = read_history(self.path) if epochs else []
        earlier = [name for name in (rows[0] if rows else ()) if name not in ("epoch", "step")]
        self.names = tuple(dict.fromkeys((*self.names, *earlier)))  # terms may change in a run
        self.rows = [row for row in rows if int(row["epoch"]) <= epochs]
        if len(self.rows) != epochs:
            raise RunError(
                f"{self.path} holds {len(self.rows)} of the {epochs} epochs that were trained; "
                "it was edited or replaced. Restore it from a copy, or train again in a new run."
            )
        self._write()

    def add(self, epoch: int, step: int, terms: Mapping[str, float]) -> None:
        """Appends the row of an epoch, counted from 1; `step` counts all steps so far."""
        # repr is the shortest text that reads back as the same float
        cells = {name: repr(float(terms[name])) for name in self.names if name in terms}
        self.rows.append({"epoch": str(epoch), "step": str(step), **cells})
        self._write()

    def _write(self) -> None:
        text = io.StringIO()
        writer = csv.DictWriter(text, ("epoch", "step", *self.names), lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        write_text(self.path, text.getvalue())


def read_history(path: Path) -> list[dict[str, str]]:
    """The rows of a history, by column, as text: one for each epoch from 1, each cell a number or
    empty.

    Raises:
        RunError: if the file is missing or is not a history.
    """
    instead = "Restore it from a copy, or train again in a new run."
    text = read_text(path, instead)
    try:
        if not text.endswith("\n"):  # a number without its last digits is a number too
            raise ValueError("its last line is cut")
        rows: list[dict[str, str]] = list(csv.DictReader(io.StringIO(text), strict=True))
        for number, row in enumerate(rows, 1):
            if int(row["epoch"]) != number:
                raise ValueError(f"row {number} is that of epoch {row['epoch']}")
            for name, cell in row.items():
                if name is None or cell is None:
                    raise ValueError(f"row {number} has another number of cells than the header")
                if cell:
                    float(cell)
    except (ValueError, KeyError, TypeError, csv.Error) as error:
        raise RunError(f"{path} cannot be read: it is no history ({error}).\n{instead}") from error
    return rows
