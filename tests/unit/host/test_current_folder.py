import os
from pathlib import Path

import pytest

from vaereg.host.current_folder import keeping_current_folder


@pytest.mark.parametrize("fault", [None, SystemExit(0)])
def test_a_plugin_that_changes_the_current_folder_changes_it_for_itself_alone(
    tmp_path, monkeypatch, fault
):
    (tmp_path / "plugin").mkdir()
    monkeypatch.chdir(tmp_path)
    try:
        with keeping_current_folder():
            os.chdir("plugin")
            if fault:
                raise fault
    except SystemExit:
        pass
    assert Path.cwd() == tmp_path


def test_a_folder_that_is_gone_hinders_nothing(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with keeping_current_folder():
        os.chdir(tmp_path)
    os.chdir(tmp_path)
    gone.mkdir()
    os.chdir(gone)
    with keeping_current_folder():
        os.chdir(tmp_path)
        gone.rmdir()
    assert Path.cwd() == tmp_path
