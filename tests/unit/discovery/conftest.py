"""Discovery over throw-away distributions, in this process."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vaereg.discovery.catalog import Catalog
from vaereg.discovery.discover import discover
from vaereg.discovery.entry_points import installed_entries


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on sys.path; what is imported from it is forgotten afterwards."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delenv("VAEREG_DISABLE_PLUGIN_AUTOLOAD", raising=False)
    before = set(sys.modules)
    installed_entries.cache_clear()
    yield tmp_path
    installed_entries.cache_clear()
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture
def found(folder: Path) -> Callable[..., Catalog]:
    """Runs discovery afresh."""

    def run(*arguments: object, **options: object) -> Catalog:
        installed_entries.cache_clear()
        return discover(*arguments, **options)

    return run
