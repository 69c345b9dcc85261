"""history.csv: a row an epoch, a column a named term; no clock, so that equal runs are equal."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from vaereg.errors import RunError
from vaereg.runs.atomic import write_text


class History:
    """The terms of every epoch, kept in a file that is whole after every row.

    Args:
        path: the file.
        names: the columns after `epoch` and `step`; a term without a value leaves its cell empty.
    """

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self.path = path
        self.names = tuple(names)
        self.rows: list[dict[str, str]] = []

    def continue_after(self, epochs: int) -> None:
        """Keeps the first so many epochs of the file and drops what came later.

        Raises:
            RunError: if the file cannot be read or lacks some of them.
        """
        rows = read_history(self.path) if self.path.exists() else []
        self.rows = [row for row in rows if int(row["epoch"]) <= epochs]
        if len(self.rows) != epochs:
            raise RunError(
                f"{self.path} holds {len(self.rows)} of the {epochs} epochs that were trained; "
                "it was changed by hand. Put it back, or train anew."
            )
        self._write()

    def add(self, epoch: int, step: int, terms: Mapping[str, float]) -> None:
        """Appends the row of one epoch, counted from 1, after `step` steps."""
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
    """The rows as text.

    Raises:
        RunError: if the file is missing or is no history.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
        for row in rows:
            int(row["epoch"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError(f"{path} cannot be read: {error!r}") from error
    return rows
