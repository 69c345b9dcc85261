"""A file beside the data is no module of a child process."""

import subprocess
import sys

import pytest

from vaereg.host.child_python import child_python


@pytest.mark.parametrize("words", [("-c", "import random"), ("-m", "random")])
def test_a_file_in_the_current_folder_is_not_imported_by_a_child(tmp_path, monkeypatch, words):
    (tmp_path / "random.py").write_text("raise SystemExit('the wrong one')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [each for each in sys.path if each])
    done = subprocess.run([*child_python(), *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "wrong" not in done.stderr


def test_a_child_finds_what_is_found_in_the_current_folder_alone(tmp_path, monkeypatch):
    (tmp_path / "found_here.py").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    command = [*child_python(), "-c", "import found_here"]
    assert subprocess.run(command, check=False).returncode == 0
