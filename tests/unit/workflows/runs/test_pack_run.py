"""A run is packed whole, without paths of this machine."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

import vaereg
from tests.helpers.listed_runs import write_runs
from vaereg.runs.state_file import write_state
from vaereg.workflows.runs.pack_run import pack_run

pytest.importorskip("safetensors")


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Runs, of which the first has weights, and paths of this machine in log and lock."""
    made = write_runs(tmp_path / "runs")
    first = made["first"]
    write_state(first / "model.weights.h5", {"encoder/kernel": np.ones((2, 3), "float32")})
    (first / "samples").mkdir()
    (first / "samples" / "samples.png").write_bytes(b"png")
    (first / "samples" / "epoch-0001.png").write_bytes(b"png")
    lock = json.loads((first / "lock.json").read_text())
    part = {**lock["components"]["sampler"], "origin": "/home/me/plugin"}
    plugin = {**part, "distribution": "vaereg-plugin-x", "version": "1.2"}
    lock["components"] |= {"sampler": part, "prior": plugin}
    (first / "lock.json").write_text(json.dumps(lock))
    with (first / "log.jsonl").open("a") as file:
        file.write(json.dumps({"event": "failed", "error": "/home/me/secret"}) + "\n")
    monkeypatch.chdir(tmp_path)
    return Path("runs")


def packed(root):
    return pack_run("sharp/20260101-000001-aaaa", root, None)


def test_a_pack_holds_what_the_run_was_made_from_its_weights_scores_and_samples(root):
    with zipfile.ZipFile(packed(root)) as archive:
        names = set(archive.namelist())
        everything = b"".join(archive.read(name) for name in names)

    assert names == {
        "pack.json",
        "README.md",
        "declaration.toml",
        "lock.json",
        "status.json",
        "history.csv",
        "log.jsonl",
        "evaluation.json",
        "evaluation.safetensors",
        "model.weights.safetensors",
        "samples/samples.png",
    }
    assert b"/home/me" not in everything


def test_the_card_says_how_to_use_the_model_and_how_good_it_is(root):
    with zipfile.ZipFile(packed(root)) as archive:
        card = archive.read("README.md").decode()

    assert "pip install vaereg-plugin-x==1.2" in card
    assert "vaereg unpack sharp.vaereg" in card
    assert "| coverage_classifier | 0.65 | 0.62 to 0.68 | 0.96 |" in card


def test_equal_runs_give_equal_packs(root):
    first = packed(root).read_bytes()
    other = pack_run("sharp/20260101-000001-aaaa", root, Path("other.vaereg")).read_bytes()

    assert first == other


@pytest.mark.parametrize(
    ("run", "out", "complaint"),
    [
        ("sharp/20260101-000001-aaaa", "model.zip", "ends in .vaereg"),
        ("sharp/20260101-000001-aaaa", "gone/model.vaereg", "no folder gone"),
        ("sharp/20260101-000001-aaaa", "taken.vaereg", "exists; name another"),
        ("sharp/20260101-000003-aaaa", None, "is not finished"),
    ],
)
def test_what_cannot_be_packed_is_one_error(root, run, out, complaint):
    Path("taken.vaereg").write_text("mine")

    with pytest.raises(vaereg.VaeregError, match=complaint):
        pack_run(run, root, out and Path(out))

    assert Path("taken.vaereg").read_text() == "mine"
    assert not list(Path().glob("*.zip")) and not list(Path().glob(".*"))
