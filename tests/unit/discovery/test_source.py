"""The source of a factory is found without importing it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from vaereg.discovery.source import source_of


@pytest.fixture(autouse=True)
def forgotten() -> None:
    source_of.cache_clear()


def test_the_line_of_a_class_is_found_and_nothing_is_imported(
    folder: Path,
) -> None:
    package = folder / "vaereg_plugin_s"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('imported')\n")
    (package / "parts.py").write_text("import keras\n\n\nclass Flow:\n    pass\n\n\nmake = Flow\n")
    (package / "inner").mkdir()
    (package / "inner" / "__init__.py").write_text("def build(): ...\n")

    assert source_of("vaereg_plugin_s.parts:Flow") == f"{package / 'parts.py'}:4"
    assert source_of("vaereg_plugin_s.parts:make") == f"{package / 'parts.py'}:8"
    assert source_of("vaereg_plugin_s.parts:gone") == f"{package / 'parts.py'}:1"
    assert source_of("vaereg_plugin_s.inner:build").endswith("__init__.py:1")
    assert source_of("vaereg_plugin_s.nowhere:Flow") == ""
    assert "vaereg_plugin_s" not in sys.modules


def test_a_module_without_a_package_is_found(folder: Path) -> None:
    (folder / "vaereg_single.py").write_text("def build(): ...\n")

    assert source_of("vaereg_single:build") == f"{folder / 'vaereg_single.py'}:1"
