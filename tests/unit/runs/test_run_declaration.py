"""declaration.toml of a run names no path of this machine, and shows edits by hand."""

import tomllib
from pathlib import Path

import pytest

from tests.helpers.tiny_run import write_project
from vaereg.discovery.declare import declare
from vaereg.errors import DeclarationError, RunError
from vaereg.runs.layout import RunFolder
from vaereg.runs.run_declaration import Change, read_run_declaration, run_declaration_toml

RATE = Change(key="train.optimizer.learning_rate", before=1e-3, after=1e-4, after_epoch=2)
STOPPING = Change(key="train.early_stopping", after={"patience": 3}, after_epoch=4, after_step=7)


@pytest.fixture
def declaration(tmp_path):
    (tmp_path / "project").mkdir(exist_ok=True)
    return declare(write_project(tmp_path / "project").absolute())


@pytest.fixture
def run(tmp_path):
    path = tmp_path / "project" / "runs" / "tiny" / "1"
    path.mkdir(parents=True)
    return RunFolder(path)


def write(run, declaration, *changes):
    text = run_declaration_toml(declaration, run.path, changes)
    run.declaration.write_text(text, encoding="utf-8")
    return text


def test_it_names_no_path_of_this_machine(run, declaration, tmp_path):
    assert str(tmp_path) not in write(run, declaration)


def test_a_project_that_moves_is_found_where_it_is_now(run, declaration, tmp_path):
    write(run, declaration)
    (tmp_path / "project").rename(tmp_path / "moved")
    moved = RunFolder(tmp_path / "moved" / "runs" / "tiny" / "1")
    assert read_run_declaration(moved).document.values["folder"] == str(tmp_path / "moved")


def test_a_link_to_the_folder_of_runs_does_not_lead_elsewhere(declaration, tmp_path):
    elsewhere = tmp_path / "scratch" / "big" / "disk"
    (elsewhere / "tiny" / "1").mkdir(parents=True)
    (tmp_path / "project" / "runs").symlink_to(elsewhere)
    run = RunFolder(tmp_path / "project" / "runs" / "tiny" / "1")
    write(run, declaration)
    assert read_run_declaration(run).document.values["folder"] == str(tmp_path / "project")


def test_runs_beside_the_project_know_it_by_a_relative_path(declaration, tmp_path):
    run = RunFolder(tmp_path / "runs" / "tiny" / "1")
    run.path.mkdir(parents=True)
    write(run, declaration)
    assert tomllib.loads(run.declaration.read_text())["folder"] == "../../../project"
    found = read_run_declaration(run).document.values["folder"]
    assert Path(found).samefile(tmp_path / "project")


def test_changes_read_back_as_they_were_written(run, declaration):
    write(run, declaration, RATE, STOPPING)
    read = read_run_declaration(run)
    assert read.changes == (RATE, STOPPING)
    assert "changes" not in read.document.values and not read.is_edited


@pytest.mark.parametrize(
    ("old", "new"), [("epochs = 3", "epochs = 30"), ("0.001", "1e-3"), ("after_epoch = 2\n", "")]
)
def test_an_edit_by_hand_is_noticed(run, declaration, old, new):
    text = write(run, declaration, RATE)
    assert old in text
    run.declaration.write_text(text.replace(old, new), encoding="utf-8")
    assert read_run_declaration(run).is_edited


def test_line_ends_and_the_folder_of_the_project_may_be_mended_by_hand(run, declaration):
    text = write(run, declaration)
    mended = text.replace('folder = "', 'folder = "../').replace("\n", "\r\n")
    run.declaration.write_bytes(mended.encode())
    assert not read_run_declaration(run).is_edited


def test_changes_of_another_form_are_an_error(run, declaration):
    write(run, declaration)
    with run.declaration.open("a", encoding="utf-8") as file:
        file.write("[[changes]]\nwhat = 1\n")
    with pytest.raises(RunError, match=r"changes\.0\.what is no known key"):
        read_run_declaration(run)


def test_a_declaration_that_was_cut_is_noticed(run, declaration):
    write(run, declaration)
    lines = run.declaration.read_text().splitlines(keepends=True)
    for count in range(1, len(lines)):
        run.declaration.write_text("".join(lines[:count]))
        try:
            read = read_run_declaration(run)
        except (DeclarationError, RunError):
            continue
        assert read.is_edited, f"cut after line {count}"


def test_a_declaration_that_is_lost_is_named_with_what_to_do(run):
    with pytest.raises(RunError, match=r"declaration\.toml is missing\.\nRestore it from a copy"):
        read_run_declaration(run)
    run.declaration.mkdir(parents=True)
    with pytest.raises(RunError, match="it is a folder, not a file"):
        read_run_declaration(run)
