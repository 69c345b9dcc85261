"""`~` in a path is the home folder, also where no shell has replaced it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers.tiny_run import vaereg_here, write_project
from vaereg.host.home_path import home_path


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    return folder


def test_the_home_folder_is_found_and_other_paths_stay_as_they_are(home: Path) -> None:
    assert home_path("~/a.npz") == home / "a.npz"
    assert home_path(Path("~")) == home
    for each in ("a/~/b", "x~", "~nobody-has-this-name/a", ""):
        assert home_path(each) == Path(each)


def test_options_of_commands_take_it(home: Path, tmp_path: Path) -> None:
    write_project(home)
    made = vaereg_here("init", "--registry=~/new.toml", cwd=tmp_path)
    assert made.returncode == 0 and (home / "new.toml").exists()
    checked = vaereg_here("check", "--registry=~/registry.toml", "--json", cwd=tmp_path)
    assert checked.returncode == 0 and json.loads(checked.stdout)
    assert vaereg_here("schema", "--out=~/schema.json", cwd=tmp_path).returncode == 0
    assert (home / "schema.json").exists()
    words = ("new-plugin", "mine", "--kind", "regularizer", "--out=~/plugins")
    assert vaereg_here(*words, cwd=tmp_path).returncode == 0
    assert [each.name for each in (home / "plugins").iterdir()]
    unknown = vaereg_here("init", "--data", "~nobody-has-this-name/x.npz", cwd=tmp_path)
    assert unknown.returncode == 1 and "does not exist" in unknown.stderr
    assert sorted(each.name for each in tmp_path.iterdir()) == ["home"]
