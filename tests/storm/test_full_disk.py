"""A disk that is full at any write: one sentence, exit code 1, and what was there before stays."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.evaluated_run import write_evaluated_project
from tests.helpers.full_disk import no_file_beyond
from tests.helpers.killed_runs import assert_equal_samplers, leftovers
from tests.helpers.tiny_run import newest, vaereg_here
from tests.storm.seed import SEED
from vaereg.runs.state_file import read_state

PIXELS = ("--features", "pixels")
COMMANDS: dict[str, tuple[str, ...]] = {
    "train": ("train", "--epochs", "1"),
    "resume": ("resume", "RUN", "--epochs", "2"),
    "sample": ("sample", "RUN", "-n", "64", "--sampler", "gaussian_mixture", "--out", "s.npz"),
    "train a sampler": ("sample", "RUN", "-n", "64", "--sampler", "TRAINED", "--out", "s.npz"),
    "sample a grid": ("sample", "RUN", "-n", "64"),
    "evaluate": ("evaluate", "RUN", *PIXELS, "--again", "--out", "scores.csv"),
    "report": ("report", "RUN", *PIXELS),
    "init": ("init", "-f", "new.toml"),
    "init --data": ("init", "-f", "new.toml", "--data", "blobs.npz"),
    "new-plugin": ("new-plugin", "mine", "--kind", "regularizer"),
}
LIMITS = 3
TRAINED = '{ use = "prior/gaussian_mixture", train = { steps = 10, batch_size = 64 } }'
"""A sampler that is trained by steps, with checkpoints of its own."""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("full")
    write_evaluated_project(folder, "samples_every = 0")
    assert vaereg_here("train", "-q", "--epochs", "1", cwd=folder).returncode == 0
    done = vaereg_here("evaluate", "tiny", "-q", *PIXELS, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.storm
@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk_is_told_in_a_sentence_and_loses_nothing(project, tmp_path, command):
    draw = random.Random(f"{SEED} {command}")
    for number in range(LIMITS):
        folder = tmp_path / str(number)
        shutil.copytree(project, folder)
        run = newest(folder)
        before = {path for path in folder.rglob("*") if path.is_file()}
        weights = read_state(run / "model.weights.h5")[0]
        names = {"RUN": str(run), "TRAINED": TRAINED}
        words = [names.get(each, each) for each in COMMANDS[command]]
        limit = int(10 ** draw.uniform(1, 5))
        with no_file_beyond(limit):
            done = vaereg_here(*words, cwd=folder)
        told = f"seed {SEED}, {command}, {limit} bytes: {done.returncode}, {done.stderr[-800:]}"
        assert done.returncode in (0, 1), told
        assert "Traceback" not in done.stderr and "bug in vaereg" not in done.stderr, told
        if done.returncode:
            assert "cannot" in done.stderr or "too large" in done.stderr, told
        assert leftovers(folder) == [], told
        missing = [path for path in before if not path.exists()]
        assert [path for path in missing if path.name != ".active"] == [], told
        assert all(map(path_is_whole, run.rglob("*.h5"))), told
        if command != "resume":
            kept = read_state(run / "model.weights.h5")[0]
            assert all((kept[name] == weights[name]).all() for name in weights), told
        else:
            again = vaereg_here("resume", str(run), "--epochs", "2", "-q", cwd=folder)
            assert again.returncode == 0, again.stderr
        if command == "train a sampler":
            assert_trained_as_undisturbed(project, folder, words)


def assert_trained_as_undisturbed(project: Path, folder: Path, words: Sequence[str]) -> None:
    """With free space again, the command gives the samples and files of one that had it always."""
    again = vaereg_here(*words, cwd=folder)
    assert again.returncode == 0, again.stderr
    whole = folder.with_name(f"{folder.name}-whole")
    shutil.copytree(project, whole)
    done = vaereg_here(words[0], str(newest(whole)), *words[2:], cwd=whole)
    assert done.returncode == 0, done.stderr
    with np.load(folder / "s.npz") as found, np.load(whole / "s.npz") as expected:
        assert found["samples"].tobytes() == expected["samples"].tobytes()
    assert_equal_samplers(newest(whole), newest(folder))


def path_is_whole(path: Path) -> bool:
    read_state(path)
    return True
