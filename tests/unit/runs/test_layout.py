import os
import re
import shutil
import time

import pytest

from vaereg.errors import RunError
from vaereg.runs import layout
from vaereg.runs.layout import RunFolder, check_writable, create_run, find_run

FILES = {"declaration.toml": "x = 1\n", "lock.json": "{}\n"}


def test_a_new_run_has_its_files_and_a_name_that_sorts_by_time(tmp_path):
    run = create_run(tmp_path / "runs", "sharp", FILES)
    assert run.path.parent == tmp_path / "runs" / "sharp"
    assert re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{4}", run.path.name)
    assert run.declaration.read_text() == "x = 1\n"
    assert run.checkpoints.is_dir() and run.samples.is_dir()
    assert list(run.path.parent.iterdir()) == [run.path]


def test_a_folder_is_never_overwritten(tmp_path, monkeypatch):
    names = iter(["a", "a", "a", "b"])
    monkeypatch.setattr(layout, "new_run_id", lambda _: next(names))
    first = create_run(tmp_path, "m", FILES)
    second = create_run(tmp_path, "m", FILES)
    assert (first.path.name, second.path.name) == ("a", "b")


def test_a_run_whose_files_cannot_be_written_leaves_nothing_behind(tmp_path, monkeypatch):
    def refuse(path, text):
        raise RunError("disk full")

    monkeypatch.setattr(layout, "write_text", refuse)
    with pytest.raises(RunError, match="disk full"):
        create_run(tmp_path, "m", FILES)
    assert list((tmp_path / "m").iterdir()) == []


@pytest.fixture
def runs(tmp_path, monkeypatch):
    names = iter(["20260101-000000-aaaa", "20260102-000000-bbbb"])
    monkeypatch.setattr(layout, "new_run_id", lambda _: next(names))
    root = tmp_path / "runs"
    return root, [create_run(root, "sharp", FILES) for _ in range(2)]


def test_a_run_is_found_by_its_folder_by_model_and_id_or_by_model_alone(runs):
    root, (old, new) = runs
    assert find_run(str(old.path), root) == old
    assert find_run("sharp/20260101-000000-aaaa", root).path == old.path
    assert find_run("sharp", root).path == new.path
    assert find_run(root / "sharp", "elsewhere" / root).path == new.path


def test_the_error_for_an_unknown_run_lists_the_runs(runs):
    root, (_, new) = runs
    with pytest.raises(RunError, match="no run 'blurred'") as error:
        find_run("blurred", root)
    assert str(new) in str(error.value)
    with pytest.raises(RunError, match="there are no runs in"):
        find_run("blurred", root / "empty")


@pytest.mark.parametrize("name", ["a" * 5000, "a\0b", "a\nb"], ids=["long", "NUL", "line break"])
def test_a_name_that_no_file_can_have_is_an_unknown_run(runs, name):
    with pytest.raises(RunError, match="no run"):
        find_run(name, runs[0])


def test_an_empty_name_does_not_mean_the_current_folder(runs, monkeypatch):
    root, (old, _) = runs
    monkeypatch.chdir(old.path)
    with pytest.raises(RunError, match="no run ''"):
        find_run("", root)


def test_a_file_in_place_of_the_folder_of_runs_is_an_error(tmp_path):
    (tmp_path / "runs").write_text("")
    with pytest.raises(RunError, match="is not a folder"):
        check_writable(tmp_path / "runs")


@pytest.mark.skipif(os.name == "nt" or os.getuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_an_error(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(RunError, match="not writable"):
            check_writable(tmp_path / "runs")
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/Los_Angeles"])
def test_the_newest_run_is_the_last_whatever_the_time_zone(tmp_path, monkeypatch, zone):
    files = {"declaration.toml": ""}
    first = create_run(tmp_path, "m", files)
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        second = create_run(tmp_path, "m", files)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert find_run("m", tmp_path) == second != first


def test_a_run_sorts_after_one_that_was_made_while_the_clock_was_wrong(tmp_path):
    early = create_run(tmp_path, "m", {"declaration.toml": ""})
    early.path.rename(early.path.with_name("20991231-235959-ffff"))
    later = create_run(tmp_path, "m", {"declaration.toml": ""})
    assert later.path.name.startswith("21000101-000000-")
    (tmp_path / "m" / "99999999-999999-ffff").mkdir()  # digits that are no time
    create_run(tmp_path, "m", {"declaration.toml": ""})


def test_a_run_that_lost_its_declaration_is_not_passed_over_for_an_older_one(tmp_path):
    older = create_run(tmp_path, "m", {"declaration.toml": "", "lock.json": "{}"})
    newest = RunFolder(older.path.with_name("99990101-000000-aaaa"))
    shutil.copytree(older.path, newest.path)
    newest.declaration.unlink()
    assert find_run("m", tmp_path) == newest
