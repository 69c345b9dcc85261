"""Trainings killed at random moments, on every backend, give what undisturbed ones give."""

from __future__ import annotations

import csv
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.helpers.killed_runs import (
    DIE_IN_A_WRITE,
    assert_equal_runs,
    assert_equal_samplers,
    leftovers,
    started,
)
from tests.helpers.tiny_run import newest, vaereg, write_project
from tests.storm.seed import SEED
from vaereg.runs.layout import RunFolder
from vaereg.runs.status import read_status

EPOCHS = 30
TRAIN = f"""checkpoint = {{ every_steps = 3, every_seconds = 0.0 }}
early_stopping = {{ patience = {EPOCHS} }}
samples_every = 0"""

INT, TERM, KILL = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
SIGNALS = ((KILL,), (TERM,), (INT,), (INT, INT), (TERM, TERM), (INT, TERM), (INT, KILL))
"""One signal, or two of which the second follows within a moment."""

SAMPLER = "prior--vaereg--gaussian_mixture"
WITH_SAMPLER = """latent = 3
sampler = { use = "prior/gaussian_mixture", train = { steps = 60, batch_size = 32 } }"""
"""A sampler that is trained for as many epochs of its own, two steps each."""

MOMENTS = ("at start-up", "while it is trained", "while a checkpoint is written", "at its end")
KILLS = 20
STOPPED = {-KILL, -TERM, -INT, 130, 0}
"""The exit codes of a process that got a signal; 0 if it was done before."""


def await_(what: Callable[[], bool], child: subprocess.Popen[str], seconds: float = 1500) -> None:
    """Waits until something is true or the process has ended."""
    end = time.monotonic() + seconds
    while not what() and child.poll() is None:
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.002)


def rows(history: Path) -> int:
    try:
        return max(0, len(history.read_text().splitlines()) - 1)
    except FileNotFoundError:
        return 0


class Storm:
    """One project in which trainings are killed.

    Args:
        folder: the project.
        backend: the Keras backend.
        draw: chooses the moments.
        whole: a run that was not disturbed.
        start_up: how many seconds it takes until there is a history.
        history: the history whose epochs choose the moments, within a run.
    """

    def __init__(
        self,
        folder: Path,
        backend: str,
        draw: random.Random,
        whole: Path,
        start_up: float,
        history: str,
    ) -> None:
        self.folder, self.backend, self.draw = folder, backend, draw
        self.whole, self.start_up, self.history = whole, start_up, history

    def rows(self, run: Path | None) -> int:
        """How many epochs a run has in its history."""
        return 0 if run is None else rows(run / self.history)

    def unfinished(self) -> Path | None:
        found = newest(self.folder)
        return None if found == self.whole or found.name in self.done else found

    done: frozenset[str] = frozenset()

    def kill(self, moment: str, signals: tuple[signal.Signals, ...]) -> str:
        """Trains, or continues the run that was killed last, and kills it; says what happened."""
        run = self.unfinished()
        words = ["train"] if run is None else ["resume", f"tiny/{run.name}"]
        code = DIE_IN_A_WRITE if moment == "while a checkpoint is written" else ""
        child = started(self.folder, *words, code=code, KERAS_BACKEND=self.backend)
        before = self.rows(run)
        if moment == "at start-up":
            time.sleep(self.draw.uniform(0, self.start_up))
        elif moment == "while it is trained":
            far = before + self.draw.randrange(1, max(2, (EPOCHS - before) // 2))
            await_(lambda: self.rows(self.unfinished()) >= far, child)
            time.sleep(self.draw.uniform(0, 0.05))
        elif moment == "at its end":
            await_(lambda: self.rows(self.unfinished()) >= EPOCHS, child)
            time.sleep(self.draw.uniform(0, 1.0))
        else:
            signals = ()
        for number in signals:
            child.send_signal(number)
            time.sleep(self.draw.uniform(0, 0.02))
        _, errors = child.communicate(timeout=1500)
        told = f"{moment}, {[each.name for each in signals]}: {child.returncode}, {errors[-600:]}"
        assert child.returncode in STOPPED, told
        assert "Traceback" not in errors and "bug in vaereg" not in errors, told
        now = self.unfinished()
        if moment == "at start-up" and child.returncode == 0:
            assert self.rows(now) == EPOCHS, f"the signal was lost: {told}"
        if now is not None and child.returncode == 0:
            self.finish(now)
        elif now is not None and (now / "status.json").exists():
            assert read_status(RunFolder(now)).state in ("killed", "interrupted", "finished"), told
        return told

    def finish(self, run: Path) -> None:
        """Continues a run to its end, and compares it with the one that was not disturbed."""
        done = vaereg("resume", f"tiny/{run.name}", cwd=self.folder, KERAS_BACKEND=self.backend)
        assert done.returncode == 0, done.stderr
        assert_equal_runs(self.whole, run)
        assert_equal_samplers(self.whole, run)
        with (run / self.history).open(newline="") as file:
            epochs = [int(row["epoch"]) for row in csv.DictReader(file)]
        assert epochs == list(range(1, EPOCHS + 1))
        assert leftovers(self.folder) == []
        self.done = self.done | {run.name}


def storm(folder: Path, backend: str, history: str, kills: int) -> None:
    """Kills trainings of a project so many times, and lets the last one end."""
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    draw = random.Random(SEED)
    began = time.monotonic()
    child = started(folder, "train", KERAS_BACKEND=backend)
    await_(lambda: bool(list(folder.glob(f"runs/tiny/[0-9]*/{history}"))), child)
    start_up = time.monotonic() - began
    _, errors = child.communicate(timeout=1500)
    assert child.returncode == 0, errors
    storm = Storm(folder, backend, draw, newest(folder), start_up, history)
    ways = [(MOMENTS[index % 4], SIGNALS[index % 7]) for index in range(kills)]
    draw.shuffle(ways)
    for moment, signals in ways:
        sys.stdout.write(f"seed {SEED}, {backend}: {storm.kill(moment, signals).splitlines()[0]}\n")
    if (run := storm.unfinished()) is not None:
        storm.finish(run)
    assert storm.done


@pytest.mark.storm
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_twenty_random_kills_change_no_bit(backend: str, tmp_path: Path) -> None:
    registry = write_project(tmp_path, TRAIN)
    text = registry.read_text().replace("epochs = 3", f"epochs = {EPOCHS}")
    registry.write_text(text)

    storm(tmp_path, backend, "history.csv", KILLS)


@pytest.mark.storm
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_ten_random_kills_of_a_sampler_that_is_trained_change_no_bit(
    backend: str, tmp_path: Path
) -> None:
    registry = write_project(tmp_path, "samples_every = 0")
    text = registry.read_text().replace("latent = 3", WITH_SAMPLER)
    registry.write_text(text)

    storm(tmp_path, backend, f"samplers/{SAMPLER}/history.csv", KILLS // 2)
