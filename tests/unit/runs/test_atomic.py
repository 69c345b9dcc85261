import errno
import os
from pathlib import Path

import pytest

from vaereg.errors import RunError
from vaereg.runs.atomic import read_json, remove_leftovers, replacing, write_json, write_text


def test_a_crash_while_writing_leaves_the_old_file_intact(tmp_path):
    path = tmp_path / "state"
    write_text(path, "old")
    with pytest.raises(KeyboardInterrupt), replacing(path) as temporary:
        temporary.write_text("half of the n")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["state"]


def test_a_crash_between_writing_and_renaming_leaves_the_old_file_intact(tmp_path, monkeypatch):
    path = tmp_path / "state"
    write_text(path, "old")

    def refuse(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(RunError, match="No space left on device"):
        write_text(path, "new")
    assert path.read_text() == "old"


def test_a_file_is_on_the_disk_before_it_is_renamed(tmp_path, monkeypatch):
    happened = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: happened.append("fsync"))
    real = Path.replace

    def noted(self: Path, target: Path) -> Path:
        happened.append("replace")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", noted)
    write_text(tmp_path / "state", "new")
    assert happened == ["fsync", "replace", "fsync"]


def test_leftovers_of_a_killed_process_are_removed_and_nothing_else(tmp_path):
    write_text(tmp_path / "state", "kept")
    (tmp_path / ".state.abcd.tmp").write_text("half")
    (tmp_path / ".evaluation.json.abcd.tmp").write_text("half")  # its process may be alive
    remove_leftovers(tmp_path)
    remove_leftovers(tmp_path / "nowhere")
    assert {each.name for each in tmp_path.iterdir()} == {"state", ".evaluation.json.abcd.tmp"}


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(RunError, match="cannot write"):
        write_text(tmp_path / "nowhere" / "state", "x")


def test_truncated_json_is_an_error(tmp_path):
    path = tmp_path / "lock.json"
    write_json(path, {"a": [1, 2]})
    assert read_json(path) == {"a": [1, 2]}
    path.write_text(path.read_text()[:5])
    with pytest.raises(RunError, match=r"lock\.json cannot be read"):
        read_json(path)
    path.unlink()
    with pytest.raises(RunError, match="missing"):
        read_json(path)


def test_a_read_only_folder_is_named_although_nothing_can_be_removed_there(tmp_path, monkeypatch):
    def refuse(path, *rest, **more):
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(Path, "unlink", refuse)
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(RunError, match=r"cannot write .*a\.txt: Read-only file system"):
        write_text(tmp_path / "a.txt", "text")
