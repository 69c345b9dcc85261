"""A folder is written completely or not at all, and never replaces another one."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from vaereg.errors import UsageError, VaeregError
from vaereg.new_plugin.write_folder import write_folder

FILES = {"a.txt": "one\n", "deep/er/b.txt": "", "c.txt": "ünïcode\n"}


def test_the_files_are_written_as_they_are(tmp_path: Path) -> None:
    target = tmp_path / "new" / "made"

    write_folder(target, FILES)

    found = {
        path.relative_to(target).as_posix(): path.read_text(encoding="utf-8")
        for path in target.rglob("*")
        if path.is_file()
    }
    assert found == FILES
    assert [path.name for path in target.parent.iterdir()] == ["made"]
    reference = tmp_path / "plain"
    reference.mkdir()
    assert target.stat().st_mode == reference.stat().st_mode  # with the usual permissions


@pytest.mark.parametrize("kind", ["folder", "file", "dangling link"])
def test_an_existing_folder_is_not_changed(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "made"
    if kind == "folder":
        target.mkdir()
    elif kind == "file":
        target.write_text("mine")
    else:
        target.symlink_to(tmp_path / "nowhere")

    with pytest.raises(UsageError, match=r"already exists and was not changed.*another folder"):
        write_folder(target, FILES)

    assert [path.name for path in tmp_path.iterdir()] == ["made"]
    assert kind != "folder" or not list(target.iterdir())
    assert kind != "file" or target.read_text() == "mine"


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_text = Path.write_text

    def full(self: Path, text: str, **options: str) -> int:
        if self.name == "c.txt":
            raise OSError(errno.ENOSPC, "No space left on device")
        return write_text(self, text, **options)

    monkeypatch.setattr(Path, "write_text", full)

    with pytest.raises(VaeregError, match="No space left on device"):
        write_folder(tmp_path / "made", FILES)

    assert not list(tmp_path.iterdir())


def test_a_file_in_place_of_the_parent_folder_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")

    with pytest.raises(VaeregError, match="cannot create"):
        write_folder(tmp_path / "file" / "made", FILES)

    assert (tmp_path / "file").read_text() == "mine"
