"""A `vaereg train` in a process of its own, and the processor time that its epochs took."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

from tests.benchmarks.timing.threads import environment

BEGINS = "compiling the first step"
EVALUATES = re.compile(r"evaluating epoch (\d+)")
ENDS = re.compile(r"epoch (\d+)/\d+ ")


@attrs.frozen(kw_only=True)
class Epoch:
    """Where a training stood after an epoch.

    Args:
        number: counted from 1.
        steps: made so far.
        processor: seconds of processor time from the first step on, what compiling it takes and
            validation included, evaluation and checkpoints not.
        values: the terms of the history, by their columns; those of the epoch that there are.
    """

    number: int
    steps: int
    processor: float
    values: Mapping[str, float]


class TrainingFailed(RuntimeError):
    """A training ended before its last epoch, or did not tell of its epochs."""


class Meter:
    """Adds up processor time between what a training tells of itself.

    Evaluation begins with a line of its own and ends, with the checkpoint that follows it, at the
    line of the epoch. What passes between them is not counted.
    """

    def __init__(self) -> None:
        self.by_epoch: dict[int, float] = {}
        self._counted = 0.0
        self._since: float | None = None

    def hears(self, line: str, processor: float) -> None:
        """Takes a line, and the processor seconds that the process has used by then."""
        if self._since is None and line.startswith(BEGINS):
            self._since = processor
        elif evaluated := EVALUATES.match(line):
            self._pauses(int(evaluated[1]), processor)
        elif ended := ENDS.match(line):
            self._pauses(int(ended[1]), processor)
            self._since = processor

    def _pauses(self, epoch: int, processor: float) -> None:
        if epoch not in self.by_epoch and self._since is not None:
            self._counted += processor - self._since
            self.by_epoch[epoch] = self._counted


def processor_seconds(pid: int) -> float:
    """User and system time of a process, all threads; in units of 10 ms on Linux."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    fields = stat.rpartition(")")[2].split()  # the name before it may hold spaces
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def watched_training(
    arguments: Sequence[str],
    runs: Path,
    *,
    backend: str,
    threads: int,
    processors: Sequence[int] = (),
) -> list[Epoch]:
    """Trains, and gives every epoch.

    Args:
        arguments: of `vaereg train`: the model and the options; without --runs and --backend.
        runs: the folder that the run's folder is made in; there must not be another in it.
        backend: of Keras.
        threads: that the process may use.
        processors: to keep it on; none for all.

    Raises:
        TrainingFailed: with what the training said last.
    """
    command = [sys.executable, "-m", "vaereg", "train", *arguments]
    command += ["--backend", backend, "--runs", str(runs), "--color", "never"]
    meter, said = Meter(), []
    with subprocess.Popen(
        command,
        env=environment(threads, backend),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        if processors:  # before it has started any thread
            os.sched_setaffinity(process.pid, processors)
        assert process.stderr is not None
        for line in process.stderr:
            said.append(line)
            if process.poll() is None:
                meter.hears(line, processor_seconds(process.pid))
    if process.returncode:
        raise TrainingFailed(f"{' '.join(command)}: status {process.returncode}\n{''.join(said)}")
    (history,) = runs.glob("*/*/history.csv")
    found = epochs_of(history.read_text(encoding="utf-8"), meter.by_epoch)
    if not found:
        raise TrainingFailed(f"{' '.join(command)} told of no epoch:\n{''.join(said)}")
    return found


def epochs_of(history: str, processor: Mapping[int, float]) -> list[Epoch]:
    """The rows of a history.csv with the processor time of their epochs.

    Raises:
        TrainingFailed: if the time of an epoch is not known.
    """
    found = []
    for row in csv.DictReader(history.splitlines()):
        number, steps = int(row.pop("epoch")), int(row.pop("step"))
        if number not in processor:
            raise TrainingFailed(f"the training did not tell when epoch {number} ended")
        values = {name: float(value) for name, value in row.items() if value}
        found.append(Epoch(number=number, steps=steps, processor=processor[number], values=values))
    return found
