"""Folders are measured, and a folder that is not writable is a problem."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from vaereg.runs.layout import RunFolder, create_run
from vaereg.runs.status import Status, write_status
from vaereg.workflows.doctor.folders import examine_folder, examine_runs


def run(root: Path, model: str, state: str = "") -> RunFolder:
    made = create_run(root, model, {"declaration.toml": ""})
    if state:
        write_status(made, Status(state=state))
    return made


def test_a_folder_is_measured_with_everything_in_it(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "deep" / "b").write_bytes(b"123")

    found = examine_folder(tmp_path)

    assert (found.exists, found.files, found.bytes, found.problem) == (True, 2, 8, "")


def test_a_missing_folder_can_be_created(tmp_path: Path) -> None:
    found = examine_folder(tmp_path / "not" / "yet")

    assert (found.exists, found.files, found.problem) == (False, 0, "")
    assert not list(tmp_path.iterdir())


def test_a_file_in_place_of_a_folder_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert (
        examine_folder(tmp_path / "file" / "cache").problem
        == f"{tmp_path / 'file'} is not a folder"
    )
    assert examine_folder(tmp_path / "file").problem == f"{tmp_path / 'file'} is not a folder"


def test_a_folder_that_is_not_writable_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(**options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refused)  # root may write anywhere

    problem = examine_folder(tmp_path).problem

    assert problem == f"{tmp_path} is not writable (Permission denied)"


def test_runs_are_counted_by_state(tmp_path: Path) -> None:
    run(tmp_path, "one", "finished")
    run(tmp_path, "one", "finished")
    run(tmp_path, "two", "running")  # by no process: it was killed
    damaged = run(tmp_path, "two")
    damaged.status.write_text("{")
    (tmp_path / "two" / "not a run").mkdir()

    found = examine_runs(tmp_path)

    assert found.states == {"finished": 2, "killed": 1}
    assert found.models == 2
    (why,) = found.damaged
    assert str(damaged.status) in why
    assert found.folder.bytes >= sum(
        os.path.getsize(path)  # noqa: PTH202  # another way to measure
        for path in map(str, tmp_path.rglob("*.json"))
    )
    json.dumps(found.states)


def test_without_runs_there_is_nothing_to_count(tmp_path: Path) -> None:
    found = examine_runs(tmp_path / "runs")

    assert (found.states, found.models, found.damaged) == ({}, 0, ())
    assert not found.folder.exists
