"""`vaereg pack` and `unpack`: a model that somebody else uses and trains on."""

from __future__ import annotations

import json
import shutil

import keras
import numpy as np
import pytest

import vaereg
from tests.helpers.tiny_run import newest, vaereg_here, write_project

pytest.importorskip("safetensors")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="files are alike"),
]


def test_a_packed_run_is_sampled_and_trained_on_elsewhere(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
        write_project(folder)
    sampler = '--set=models.tiny.sampler={use="gaussian_mixture",components=[2]}'
    assert vaereg_here("train", "--epochs=2", sampler, cwd=here).returncode == 0

    done = vaereg_here("pack", "tiny", "--json", cwd=here)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pack"] == "tiny.vaereg"
    shutil.move(here / "tiny.vaereg", there)
    done = vaereg_here("unpack", "tiny.vaereg", cwd=there)
    assert done.returncode == 0, done.stderr

    run = newest(there)
    assert str(run.relative_to(there)) in done.stdout and run.name == newest(here).name
    original, shared = vaereg.load(newest(here)), vaereg.load(run)
    np.testing.assert_array_equal(original.sample(5, seed=1), shared.sample(5, seed=1))
    for folder in (here, there):
        run = newest(folder)
        done = vaereg_here("resume", run, "--epochs=3", "-q", cwd=folder)
        assert done.returncode == 0, done.stderr
    histories = [(newest(folder) / "history.csv").read_bytes() for folder in (here, there)]
    assert histories[0] == histories[1]


def test_the_extra_is_named_where_it_is_missing(tmp_path, monkeypatch):
    write_project(tmp_path)
    assert vaereg_here("train", "--epochs=1", cwd=tmp_path).returncode == 0
    monkeypatch.setitem(__import__("sys").modules, "safetensors.numpy", None)

    done = vaereg_here("pack", "tiny", cwd=tmp_path)

    assert done.returncode == 1 and "vaereg[share]" in done.stderr
    assert not (tmp_path / "tiny.vaereg").exists()
