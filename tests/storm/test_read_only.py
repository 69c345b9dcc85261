"""A run that nobody can write to is loaded, sampled, evaluated, compared and reported."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import vaereg
from tests.helpers.evaluated_run import write_evaluated_project
from tests.helpers.tiny_run import newest, vaereg_here
from tests.storm.read_only import read_only

pytestmark = pytest.mark.slow

PIXELS = ("--features", "pixels")
TRAINED = '{ use = "prior/gaussian_mixture", train = { steps = 2, batch_size = 64 } }'


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """Two projects beside each other: one with a run, and an empty one."""
    folder = tmp_path_factory.mktemp("read-only")
    for name in ("theirs", "mine"):
        (folder / name).mkdir()
    write_evaluated_project(folder / "theirs", "samples_every = 0")
    assert vaereg_here("train", "-q", "--epochs", "1", cwd=folder / "theirs").returncode == 0
    return folder


def test_a_read_only_run_can_be_used_for_all_that_does_not_train_it(project):
    run, mine = newest(project / "theirs"), project / "mine"

    def told(*words: str | Path, code: int = 0) -> str:
        done = vaereg_here(*words, cwd=mine)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr and "bug in vaereg" not in done.stderr
        return done.stdout + done.stderr

    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    with read_only(project / "theirs") as possible:
        if not possible:
            pytest.skip("this system makes no folder read-only")
        assert vaereg.load(run, quiet=True).weights == "final"
        told("sample", run, "-n", "4", "-q", "--out", "samples.npz")
        assert len(np.load(mine / "samples.npz")["samples"]) == 4
        words = told("sample", run, "-n", "4")
        assert "is read-only" in words and list(mine.glob("tiny-prior-seed0.png"))
        words = told("sample", run, "-n", "4", "--sampler", TRAINED, "--out", "trained.npz")
        assert "training the sampler" in words and "was not stored" in words
        assert len(np.load(mine / "trained.npz")["samples"]) == 4
        words = told("evaluate", run, *PIXELS)
        kept = mine / ".vaereg" / "evaluations" / "tiny" / run.name / "evaluation.json"
        assert str(kept.parent) in words
        scores = json.loads(kept.read_text())["scores"]
        again = json.loads(told("evaluate", run, *PIXELS, "--json", "-q"))["evaluations"][0]
        assert again["file"] == str(kept) and again["scores"] == scores
        told("compare", run, f"{run}#1", *PIXELS, "-q")
        words = told("report", run, *PIXELS)
        assert len(list(mine.glob("report-*.html"))) == 1
        words = told("resume", run, "--epochs", "2", code=1)
        assert ".active" in words and "importing keras" not in words
        registry = project / "theirs" / "registry.toml"
        words = told("train", "-f", registry, "--runs", project / "theirs" / "runs", code=1)
        assert "is not writable" in words and "importing keras" not in words
    assert before == {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
