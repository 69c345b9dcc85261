"""The folders that vaereg writes to: their size, and whether they are writable."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path

import attrs

from vaereg.errors import RunError
from vaereg.runs.layout import RunFolder, runs_of
from vaereg.runs.status import read_status, stored_status


@attrs.frozen(kw_only=True)
class Folder:
    """One folder.

    Args:
        path: where it is, or will be.
        exists: whether it exists.
        files: the number of files in it.
        bytes: the size of these files.
        problem: why nothing can be written there, or an empty string.
    """

    path: str
    exists: bool
    files: int
    bytes: int
    problem: str = ""


@attrs.frozen(kw_only=True)
class Runs:
    """The folder of all runs.

    Args:
        folder: the folder itself.
        models: the number of models that have runs.
        states: the number of runs in each state: finished, running, interrupted, failed, killed.
        damaged: the runs whose status cannot be read, each with the reason.
    """

    folder: Folder
    models: int
    states: dict[str, int]
    damaged: tuple[str, ...] = ()


def examine_folder(path: Path) -> Folder:
    """Measures a folder, and checks whether it, or the place where it would be, is writable."""
    files = size = 0
    for folder, _, names in os.walk(path):
        for name in names:
            try:
                size += os.lstat(os.path.join(folder, name)).st_size  # noqa: PTH118  # twice as fast
            except OSError:  # deleted in the meantime: a training may be writing there
                continue
            files += 1
    return Folder(
        path=str(path), exists=path.is_dir(), files=files, bytes=size, problem=_why_not(path)
    )


def examine_runs(root: Path) -> Runs:
    """Counts the runs by state."""
    states: Counter[str] = Counter()
    damaged: list[str] = []
    runs = [(model, run) for model in _models(root) for run in runs_of(model)]
    for _, run in runs:
        _count_state(run, states, damaged)
    return Runs(
        folder=examine_folder(root),
        models=len({model for model, _ in runs}),
        states=dict(sorted(states.items())),
        damaged=tuple(damaged),
    )


def _models(root: Path) -> list[Path]:
    return sorted(each for each in root.iterdir() if each.is_dir()) if root.is_dir() else []


def _count_state(run: RunFolder, states: Counter[str], damaged: list[str]) -> None:
    try:
        if run.status.exists():
            stored_status(run)
    except RunError as fault:
        damaged.append(str(fault))
    else:
        states[read_status(run).state] += 1


def _why_not(path: Path) -> str:
    existing = path.absolute()
    while not os.path.lexists(existing):
        existing = existing.parent
    if not existing.is_dir():
        return f"{existing} is not a folder"
    try:
        with tempfile.TemporaryFile(dir=existing):
            return ""
    except OSError as error:
        return f"{existing} is not writable ({error.strerror})"
