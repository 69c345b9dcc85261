"""Processes of vaereg that are killed, and what must be true of their runs afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.helpers.tiny_run import command
from vaereg.runs.state_file import read_state

DIE_IN_A_WRITE = """
import os, pathlib
import vaereg.runs.atomic as atomic
real, seen = atomic._to_disk, [0]
def deadly(path):
    if 'last.h5' in path.name and path.name.endswith('.tmp'):
        seen[0] += 1
        if seen[0] == 7:
            with path.open('r+b') as file:
                file.truncate(path.stat().st_size // 2)
            os.kill(os.getpid(), 9)
    real(path)
atomic._to_disk = deadly
"""
"""Code that kills its process while the seventh checkpoint is half written."""


def started(folder: Path, *words: str, code: str = "", **more: str) -> subprocess.Popen[str]:
    """Starts a process of vaereg; `code` runs in it first, and `more` is set in its environment."""
    argv = command(*words)
    if code:
        run = f"from vaereg.cli.main import main\nraise SystemExit(main({list(words)!r}))"
        argv = [sys.executable, "-c", f"{code}\n{run}"]
    return subprocess.Popen(
        argv,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])} | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def assert_equal_runs(one: Path, other: Path) -> None:
    """Weights equal to the bit, and equal histories and pictures."""
    for name in ("checkpoints/last.h5", "checkpoints/best.h5", "model.weights.h5"):
        assert_equal_states(one / name, other / name)
    for name in ("history.csv", "samples/samples.png", "samples/reconstructions.png"):
        assert (one / name).read_bytes() == (other / name).read_bytes()


def assert_equal_samplers(one: Path, other: Path) -> None:
    """All files of samplers, checkpoints and states equal to the bit, and equal histories."""
    files = sorted(path.relative_to(one) for path in (one / "samplers").rglob("*.*"))
    assert files == sorted(path.relative_to(other) for path in (other / "samplers").rglob("*.*"))
    for name in files:
        if name.suffix == ".h5":
            assert_equal_states(one / name, other / name)
        elif name.suffix == ".csv":
            assert (one / name).read_bytes() == (other / name).read_bytes()


def assert_equal_states(one: Path, other: Path) -> None:
    """Arrays equal to the bit."""
    mine, theirs = read_state(one)[0], read_state(other)[0]
    assert mine.keys() == theirs.keys()
    assert [path for path in mine if mine[path].tobytes() != theirs[path].tobytes()] == []


def leftovers(folder: Path) -> list[Path]:
    """What a killed process left in a project: temporary files, drafts of runs, held locks."""
    return [
        path
        for path in folder.rglob("*")
        if path.name.endswith(".tmp")
        or path.name.startswith(".new-")
        or (path.name == ".active" and path.read_text())
    ]
