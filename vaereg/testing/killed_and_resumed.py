"""A training that is killed and resumed, beside one that is left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import attrs

PAUSE = 0.002
"""Seconds between two looks for the file, of which a training step takes longer."""

SAME = ("history.csv",)
"""The names of files that are equal byte by byte."""


@attrs.frozen(kw_only=True)
class KilledAndResumed:
    """Two runs of one declaration.

    Args:
        whole: the folder of the run that was left alone.
        resumed: that of the run that was killed and resumed.
        compared: how many arrays of weights, moments and generators were compared.
        differing: what differs, as `checkpoints/last.h5: decoder/out/kernel`, or the name of a
            file; empty for runs that are equal to the bit.
    """

    whole: Path
    resumed: Path
    compared: int
    differing: tuple[str, ...]


def killed_and_resumed(
    folder: Path, *words: str, until: str = "checkpoints/last.h5"
) -> KilledAndResumed:
    """Trains a model twice; the second training is killed (SIGKILL) and resumed.

    Compared are all arrays of all HDF5 files of the runs, and their histories. Each command runs in
    a process of its own, on the backend of this one, and imports what can be imported here. Let the
    registry make a checkpoint in every step, so that the training dies between two steps of an
    epoch: `checkpoint = { every_steps = 1, every_seconds = 0.0 }` in [train].

    Args:
        folder: has registry.toml; the runs go into its folders `whole` and `killed`.
        words: of the command `vaereg train` that follow it, such as "--epochs", "2".
        until: a file of the run, as a glob pattern; the training is killed once it exists.

    Raises:
        AssertionError: if a command fails, or the training ends before it can be killed.
    """
    _done(folder, "train", "-q", *words, "--runs", "whole")
    _killed(folder, until, "train", "-q", *words, "--runs", "killed")
    (resumed,) = folder.glob("killed/*/*")
    _done(folder, "resume", resumed.parent.name, "-q", "--runs", "killed")
    (whole,) = folder.glob("whole/*/*")
    compared, differing = _differences(whole, resumed)
    return KilledAndResumed(
        whole=whole, resumed=resumed, compared=compared, differing=tuple(differing)
    )


def _started(folder: Path, *words: str) -> subprocess.Popen[str]:
    import keras

    here = {
        "KERAS_BACKEND": keras.backend.backend(),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "vaereg", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | here,
        text=True,
        encoding="utf-8",
    )


def _done(folder: Path, *words: str) -> None:
    child = _started(folder, *words)
    output, errors = child.communicate()
    if child.returncode != 0:
        raise AssertionError(f"`vaereg {' '.join(words)}` failed:\n{output}{errors}")


def _killed(folder: Path, until: str, *words: str) -> None:
    child = _started(folder, *words)
    try:
        while child.poll() is None and not any(folder.glob(f"killed/*/*/{until}")):
            time.sleep(PAUSE)
    finally:
        child.kill()
        output, errors = child.communicate()
    if child.returncode == 0:
        raise AssertionError(
            f"`vaereg {' '.join(words)}` ended before it was killed, which was to be once "
            f"{until} exists; let it train for more steps"
        )
    if os.name == "posix" and child.returncode != -signal.SIGKILL:
        raise AssertionError(f"`vaereg {' '.join(words)}` failed:\n{output}{errors}")


def _differences(whole: Path, resumed: Path) -> tuple[int, list[str]]:
    """How many arrays were compared, and what differs."""
    from vaereg.runs.state_file import read_state

    names = [
        {
            path.relative_to(run).as_posix()
            for path in run.rglob("*")
            if path.suffix == ".h5" or path.name in SAME
        }
        for run in (whole, resumed)
    ]
    compared, differing = 0, sorted(names[0] ^ names[1])
    for name in sorted(names[0] & names[1]):
        if not name.endswith(".h5"):
            if (whole / name).read_bytes() != (resumed / name).read_bytes():
                differing.append(name)
            continue
        mine, theirs = read_state(whole / name)[0], read_state(resumed / name)[0]
        compared += len(mine)
        differing += [
            f"{name}: {path}"
            for path in sorted(mine.keys() | theirs.keys())
            if path not in mine
            or path not in theirs
            or mine[path].dtype != theirs[path].dtype
            or mine[path].tobytes() != theirs[path].tobytes()
        ]
    return compared, differing
