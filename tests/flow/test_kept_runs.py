"""Run folders of earlier states of vaereg are loaded, sampled, evaluated and continued.

Each project in kept_runs/, a folder or a zip file, holds the data, a finished run, and in
expected.npz what the state that made it gave. Where the run's declaration names the folder of
relative paths FOLDER, as the earliest state did with an absolute path, a test replaces it. Projects
since 2026-11-29 hold an evaluation too.
"""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest

import vaereg
from vaereg.assembly.load_data import load_data
from vaereg.evaluation.evaluation import FORM

KEPT = Path(__file__).parent / "kept_runs"
PROJECTS = sorted(path.name for path in KEPT.iterdir())
EVALUATED = [name for name in PROJECTS if name >= "2026-11-29"]


@pytest.fixture(params=PROJECTS)
def kept(request, tmp_path, monkeypatch) -> Path:
    """A copy of the project, in which the test may write; it is the current folder."""
    source, project = KEPT / request.param, tmp_path / "project"
    if source.is_dir():
        shutil.copytree(source, project)
    else:
        shutil.unpack_archive(source, project)
    (declaration,) = project.glob("runs/*/*/declaration.toml")
    text = declaration.read_text(encoding="utf-8")
    declaration.write_text(text.replace("FOLDER", str(project)), encoding="utf-8")
    monkeypatch.chdir(project)
    return project


def load() -> vaereg.TrainedModel:
    """The run, whose components were edited later without a new version."""
    return vaereg.load("dots", ignore_lock=True, quiet=True)


def test_a_kept_run_is_loaded_and_gives_the_same_results(kept):
    expected = np.load(kept / "expected.npz")
    model = load()

    images = model.examples(5)
    close = {"rtol": 1e-4, "atol": 1e-5}  # of other backends and versions too
    np.testing.assert_allclose(np.asarray(model.encode(images)), expected["modes"], **close)
    np.testing.assert_allclose(model.reconstruct(images), expected["reconstructed"], **close)
    np.testing.assert_allclose(model.sample(5, seed=1), expected["samples"], **close)
    np.testing.assert_allclose(model.score(images, samples=16)["elbo"], expected["elbo"], **close)


def test_a_kept_run_has_the_splits_that_it_was_trained_on(kept):
    (path,) = kept.glob("runs/dots/*/lock.json")
    lock = json.loads(path.read_text(encoding="utf-8"))
    now = load_data(vaereg.load("dots", ignore_lock=True, quiet=True).declaration)

    assert load().data.digest == lock["dataset"]["digest"]
    assert (now.digest == lock["dataset"]["digest"]) == (lock["form"] > 1)


@pytest.mark.slow
def test_a_kept_run_is_evaluated(kept):
    evaluation = vaereg.evaluate("dots", features="pixels", ignore_lock=True, quiet=True)

    assert np.isfinite(evaluation.scores["hf_gap"].value)
    assert np.isfinite(evaluation.scores["kernel_distance_pixels"].value)


@pytest.mark.parametrize("kept", EVALUATED, indirect=True)
def test_a_kept_evaluation_is_read_or_made_again(kept):
    (path,) = kept.glob("runs/dots/*/evaluation.json")
    before = json.loads(path.read_text(encoding="utf-8"))

    evaluation = vaereg.evaluate("dots", features="pixels", ignore_lock=True, quiet=True)

    for name in ("spectrum_distance", "coverage_pixels", "kernel_distance_pixels"):
        score = evaluation.scores[name]
        assert np.isfinite(score.value) and score.low is not None
        if before["form"] == FORM:
            assert score.value == before["scores"][name]["value"]


def test_a_kept_run_is_continued(kept):
    (history,) = kept.glob("runs/dots/*/history.csv")
    before = list(csv.DictReader(history.open(encoding="utf-8")))

    # On whichever backend these tests run; the run itself was made on TensorFlow.
    backend = keras.backend.backend()
    vaereg.resume("dots", epochs=3, backend=backend, ignore_lock=True, quiet=True)

    rows = list(csv.DictReader(history.open(encoding="utf-8")))
    assert rows[:2] == before
    assert len(rows) == 3
    assert float(rows[2]["loss"]) < float(rows[0]["loss"])
