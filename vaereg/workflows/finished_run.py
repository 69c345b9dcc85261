"""The result of a training, as a value: its folder, terms, times and files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from vaereg.runs.layout import RunFolder

if TYPE_CHECKING:
    from vaereg.contracts.plain_values import JsonObject, JsonValue
    from vaereg.training.outcome import Best, TrainingOutcome


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(names)


@attrs.frozen(kw_only=True)
class FinishedRun:
    """A run whose training has ended; usable as a path, which is that of its folder.

    Args:
        folder: the run folder.
        model: the declared model.
        seed: the training seed.
        epochs: how many epochs were trained.
        stopped_early: whether early stopping ended the training.
        terms: the terms of the last epoch.
        best: `term`, `value` and `epoch` (counted from 1) of the best epoch; empty if no term was
            monitored.
        seconds: the time of the training, over all its processes.
        images_per_second: in the last process; 0 if it trained no step.
        peak_memory: the most bytes in use, on "host" and "device"; unknown values are left out.
        files: the kind of each file written at the end -> its path.
        told: the conditions without which no samples can be drawn, such as "label".
    """

    folder: Path
    model: str
    seed: int
    epochs: int
    stopped_early: bool
    terms: Mapping[str, float]
    best: Best
    seconds: float
    images_per_second: float
    peak_memory: Mapping[str, int]
    files: Mapping[str, str]
    told: tuple[str, ...] = attrs.field(default=(), converter=_names)

    def __fspath__(self) -> str:
        return str(self.folder)

    @property
    def history(self) -> dict[str, list[float | None]]:
        """The columns of history.csv: `epoch`, `step` and every term, one value per epoch.

        A term without a value in an epoch, such as a score between two evaluations, is None.

        Raises:
            RunError: if the file is missing or damaged.
        """
        from vaereg.runs.history import read_history

        rows = read_history(RunFolder(self.folder).history)
        return {
            name: [float(row[name]) if row.get(name) else None for row in rows]
            for name in (rows[0] if rows else {})
        }

    def as_dict(self) -> JsonObject:
        """The content for `--json`."""
        return {
            "run": str(self.folder),
            "model": self.model,
            "seed": self.seed,
            "epochs": self.epochs,
            "stopped_early": self.stopped_early,
            "terms": dict(self.terms),
            "best": dict(self.best),
            "seconds": round(self.seconds, 3),
            "images_per_second": round(self.images_per_second, 1),
            "peak_memory": dict(self.peak_memory),
            "files": dict(self.files),
            "told": list(self.told),
        }


def run_from_outcome(outcome: TrainingOutcome, seed: int) -> FinishedRun:
    """The result of a training in this process."""
    return FinishedRun(
        folder=outcome.run.path,
        model=outcome.model,
        seed=seed,
        epochs=outcome.epochs,
        stopped_early=outcome.stopped_early,
        terms=outcome.terms,
        best=outcome.best,
        seconds=outcome.seconds,
        images_per_second=outcome.images_per_second,
        peak_memory=outcome.peak_memory,
        files=outcome.files,
        told=outcome.told,
    )


def run_from_dict(content: Mapping[str, JsonValue]) -> FinishedRun:
    """The run from `FinishedRun.as_dict`, which another process printed."""
    rest = {key: value for key, value in content.items() if key != "run"}
    return FinishedRun(folder=Path(content["run"]), **rest)
