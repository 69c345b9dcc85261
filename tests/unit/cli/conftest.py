"""The command line in this process, with temporary plugins."""

from __future__ import annotations

from pathlib import Path

import pytest

# Told here, for the entry point that gives them to others is not known before it is installed.
from vaereg.testing.fixtures import vaereg_installed as vaereg_installed
from vaereg.testing.fixtures import vaereg_run as vaereg_run


@pytest.fixture
def plugins_folder(vaereg_installed: Path) -> Path:
    """A folder on sys.path for fake distributions."""
    return vaereg_installed
