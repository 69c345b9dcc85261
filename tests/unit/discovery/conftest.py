"""Discovery of temporary distributions, in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vaereg.discovery.catalog import Catalog
from vaereg.discovery.discover import discover
from vaereg.discovery.entry_points import installed_entries

# Named here, since the entry point that offers it to plugins is not known before an installation.
from vaereg.testing.fixtures import vaereg_installed as vaereg_installed


@pytest.fixture
def folder(vaereg_installed: Path) -> Path:
    """A folder on sys.path; modules imported from it are forgotten afterwards."""
    return vaereg_installed


@pytest.fixture
def found(folder: Path) -> Callable[..., Catalog]:
    """Runs discovery without cached entry points."""

    def run(*arguments: object, **options: object) -> Catalog:
        installed_entries.cache_clear()
        return discover(*arguments, **options)

    return run
