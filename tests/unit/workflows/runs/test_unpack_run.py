"""A pack is unpacked whole or not at all, and nothing in it leaves its run."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

import vaereg
from tests.helpers.listed_runs import write_runs
from vaereg.runs.read import read_run
from vaereg.runs.state_file import read_state, write_state
from vaereg.workflows.runs.pack_form import packed_file
from vaereg.workflows.runs.pack_run import pack_run
from vaereg.workflows.runs.unpack_run import unpack_run

pytest.importorskip("safetensors")


@pytest.fixture
def pack(tmp_path, monkeypatch):
    made = write_runs(tmp_path / "made")
    arrays = {"encoder/kernel": np.ones((2, 3), "float32"), "scale": np.float32(2.0)}
    write_state(made["first"] / "model.weights.h5", arrays, {"steps": 7})
    monkeypatch.chdir(tmp_path)
    return pack_run(str(made["first"]), Path("made"), None)


def rewritten(pack, change):
    """The pack with its entries changed by a function of a dict."""
    with zipfile.ZipFile(pack) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    with zipfile.ZipFile(pack, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return pack


def test_a_run_comes_back_with_weights_and_scores(pack):
    told = []

    run = unpack_run(pack, Path("runs"), told.append)

    assert run.path == Path("runs/sharp/20260101-000001-aaaa") and not told
    assert read_run(run.path).status.state == "finished"
    arrays, attributes = read_state(run.weights)
    assert attributes == {"steps": 7} and arrays["scale"].shape == ()
    before = read_state(Path("made/sharp/20260101-000001-aaaa/evaluation.h5"))
    assert read_state(run.path / "evaluation.h5")[1] == before[1]
    listed = vaereg.list_runs("runs")[0]
    assert listed.scores["hf_gap"] == -5.0


def test_a_plugin_that_is_missing_is_told_with_the_command(pack):
    def change(entries):
        lock = json.loads(entries["lock.json"])
        lock["components"]["sampler"] |= {"distribution": "vaereg-plugin-gone", "version": "1.2"}
        entries["lock.json"] = json.dumps(lock).encode()
        contents = json.loads(entries["pack.json"])
        contents["files"]["lock.json"] = packed_file(entries["lock.json"])
        entries["pack.json"] = json.dumps(contents).encode()

    told = []
    unpack_run(rewritten(pack, change), Path("runs"), told.append)

    assert told == [
        "the run needs vaereg-plugin-gone 1.2 (not installed): pip install vaereg-plugin-gone==1.2"
    ]


def test_a_run_that_exists_is_left_alone(pack):
    unpack_run(pack, Path("runs"), print)
    mark = Path("runs/sharp/20260101-000001-aaaa/mine.txt")
    mark.write_text("mine")

    with pytest.raises(vaereg.RunError, match="exists already"):
        unpack_run(pack, Path("runs"), print)

    assert mark.read_text() == "mine"


def add_unlisted(entries):
    entries["../../evil.py"] = b"evil"


def list_outside(entries):
    contents = json.loads(entries["pack.json"])
    entries["../../evil.py"] = b"evil"
    contents["files"]["../../evil.py"] = packed_file(b"evil")
    entries["pack.json"] = json.dumps(contents).encode()


def flip(entries):
    entries["history.csv"] = entries["history.csv"].replace(b"1", b"2", 1)


def lengthen(entries):
    entries["history.csv"] += b"more"


def drop_contents(entries):
    del entries["pack.json"]


def drop_lock(entries):
    contents = json.loads(entries["pack.json"])
    del contents["files"]["lock.json"], entries["lock.json"]
    entries["pack.json"] = json.dumps(contents).encode()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (add_unlisted, "does not hold what it lists"),
        (list_outside, "is refused"),
        (flip, "history.csv is not what was packed"),
        (lengthen, "longer than it may be"),
        (drop_contents, "holds no pack.json"),
        (drop_lock, "lock.json is missing"),
    ],
)
def test_a_pack_that_was_changed_leaves_nothing_behind(pack, tmp_path, change, complaint):
    rewritten(pack, change)

    with pytest.raises(vaereg.RunError, match=complaint):
        unpack_run(pack, Path("runs"), print)

    assert not [each for each in Path("runs").rglob("*") if each.is_file()]
    assert not list(tmp_path.rglob("evil.py"))


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04" + b"\x00" * 40])
def test_a_file_that_is_no_pack_is_one_error(tmp_path, content):
    (tmp_path / "x.vaereg").write_bytes(content)

    with pytest.raises(vaereg.RunError, match="no pack"):
        unpack_run(tmp_path / "x.vaereg", tmp_path / "runs", print)


def test_a_pack_that_was_cut_is_one_error(pack):
    pack.write_bytes(pack.read_bytes()[:-200])

    with pytest.raises(vaereg.RunError, match="no pack, or is damaged"):
        unpack_run(pack, Path("runs"), print)


def test_a_missing_file_and_a_folder_are_one_error(tmp_path):
    with pytest.raises(vaereg.RunError, match="there is no file"):
        unpack_run(tmp_path / "gone.vaereg", tmp_path / "runs", print)
    with pytest.raises(vaereg.RunError, match="cannot be unpacked"):
        unpack_run(tmp_path, tmp_path / "runs", print)
