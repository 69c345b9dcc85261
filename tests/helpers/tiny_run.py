"""A model that trains in a second: 8 x 8 images of blobs, dense parts, 256 + 40 examples."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from vaereg.cli.main import main

REGISTRY = """
default = "tiny"

[data.blobs]
use = "arrays"
path = "blobs.npz"

[models.tiny]
data = "blobs"
latent = 3
encoder = {{ use = "dense", widths = [16] }}
decoder = {{ use = "dense", widths = [16] }}
likelihood = "bernoulli"
kl = {{ weight = {{ ramp = [0.0, 1.0], epochs = 2 }} }}

[train]
epochs = 3
batch_size = 32
{train}
"""

STEPS = 8
"""Steps per epoch."""


def blobs(count: int, seed: int) -> np.ndarray:
    """uint8 (count, 8, 8, 1): one bright spot each."""
    rng = np.random.default_rng(seed)
    row, column = np.mgrid[0:8, 0:8]
    centre = rng.uniform(1, 7, (count, 2, 1, 1))
    distance = (row - centre[:, 0]) ** 2 + (column - centre[:, 1]) ** 2
    return np.rint(255 * np.exp(-distance / 4))[..., None].astype(np.uint8)


def write_project(folder: Path, train: str = "", **arrays: np.ndarray) -> Path:
    """Writes registry.toml and its data; returns the registry."""
    given = {"x_train": blobs(256, 0), "x_val": blobs(40, 1), "x_test": blobs(8, 2), **arrays}
    np.savez(folder / "blobs.npz", **given)
    path = folder / "registry.toml"
    path.write_text(REGISTRY.format(train=train), encoding="utf-8")
    return path


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "vaereg", *map(str, words)]


def vaereg(*words: str | Path, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs the program as a user does, in `cwd`."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])} | more
    return subprocess.run(
        command(*words),
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def vaereg_here(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The same in this process, which saves the seconds that a process needs to import keras.

    For tests that need no process of their own.
    """
    argv = [*map(str, words)]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(argv)
    return subprocess.CompletedProcess(argv, code, out.getvalue(), err.getvalue())


def result(done: subprocess.CompletedProcess[str]) -> dict:
    """The one run of a `--json` output."""
    assert done.returncode == 0, done.stderr + done.stdout
    return json.loads(done.stdout)["runs"][0]


def newest(folder: Path, model: str = "tiny") -> Path:
    return sorted((folder / "runs" / model).iterdir())[-1]
