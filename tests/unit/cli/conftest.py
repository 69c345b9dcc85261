"""The command line in this process, with throw-away plugins."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

from vaereg.cli.__main__ import main
from vaereg.discovery.entry_points import installed_entries


@attrs.frozen
class Result:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def plugins_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on sys.path for fake distributions; the current folder is another, empty one."""
    folder, here = tmp_path / "installed", tmp_path / "here"
    folder.mkdir()
    here.mkdir()
    monkeypatch.syspath_prepend(folder)
    monkeypatch.chdir(here)
    for name in ("VAEREG_DISABLE_PLUGIN_AUTOLOAD", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    before = set(sys.modules)
    yield folder
    installed_entries.cache_clear()
    for name in set(sys.modules) - before:
        if str(folder) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture
def vaereg_run(plugins_folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Runs a command and gives its exit code and output."""
    assert plugins_folder.is_dir()

    def run(*argv: str) -> Result:
        installed_entries.cache_clear()
        code = main(argv)
        return Result(code, *capsys.readouterr())

    return run
