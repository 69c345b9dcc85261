"""Runs are deleted whole, and never while they are trained."""

from __future__ import annotations

import pytest

import vaereg
from tests.helpers.listed_runs import write_runs
from vaereg.runs.layout import RunFolder
from vaereg.workflows.runs import remove_runs as module
from vaereg.workflows.runs.remove_runs import removable_runs, remove_run


@pytest.fixture
def made(tmp_path):
    return write_runs(tmp_path / "runs")


def test_a_run_is_deleted_and_with_the_last_one_the_folder_of_its_model(made, tmp_path):
    root = tmp_path / "runs"
    found = removable_runs([f"sharp/{made['first'].name}", str(made["old"])], root)
    assert [each.folder.path for each in found] == [made["first"], made["old"]]
    assert all(each.size > 1000 for each in found)

    for each in found:
        remove_run(each.folder)

    assert {each.name for each in root.iterdir()} == {"sharp"}
    assert set((root / "sharp").iterdir()) == {made["second"], made["third"]}


def test_a_run_that_is_named_twice_is_deleted_once(made, tmp_path):
    names = [str(made["first"]), f"sharp/{made['first'].name}"]

    assert len(removable_runs(names, tmp_path / "runs")) == 1


def test_a_run_that_is_trained_is_refused_before_any_is_deleted(made, tmp_path, monkeypatch):
    trained = RunFolder(made["first"])
    monkeypatch.setattr(module, "is_held", lambda run: run == trained)

    with pytest.raises(vaereg.RunError, match="is being trained"):
        removable_runs([str(made["second"]), str(made["first"])], tmp_path / "runs")
    with pytest.raises(vaereg.RunError, match="is being trained"):
        remove_run(trained)

    assert made["first"].is_dir() and made["second"].is_dir()


def test_the_name_of_a_model_is_not_taken_for_its_newest_run(made, tmp_path):
    with pytest.raises(vaereg.RunError, match="names a model, not a run"):
        removable_runs(["sharp"], tmp_path / "runs")


def test_of_a_link_the_link_is_deleted_and_the_run_stays(made, tmp_path):
    link = tmp_path / "runs" / "linked" / made["first"].name
    link.parent.mkdir()
    link.symlink_to(made["first"])

    remove_run(RunFolder(link))

    assert not link.is_symlink() and made["first"].is_dir()
