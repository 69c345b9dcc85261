"""Public names are imported once, on first use; an error during that import is reported."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from vaereg.first_use import imported_on_first_use

HOMES = {"fine": "first_use_fine", "broken": "first_use_broken"}


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "first_use_fine.py").write_text("fine = object()\n")
    (tmp_path / "first_use_broken.py").write_text("import sys\nsys.no_such_thing\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name in HOMES.values():
        monkeypatch.delitem(sys.modules, name, raising=False)


@pytest.mark.usefixtures("modules")
def test_a_name_is_imported_on_first_use_and_kept() -> None:
    names: dict[str, Any] = {}
    found = imported_on_first_use("package", HOMES, names)("fine")

    assert found is names["fine"]


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'package' has no attribute 'other'"):
        imported_on_first_use("package", HOMES, {})("other")


@pytest.mark.usefixtures("modules")
def test_an_attribute_error_in_the_imported_module_is_not_taken_for_a_missing_name() -> None:
    with pytest.raises(ImportError, match=r"first_use_broken cannot be imported.*no_such_thing"):
        imported_on_first_use("package", HOMES, {})("broken")
