"""Every public name of vaereg exists, and type checkers see the same names."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

import vaereg
from tests.helpers.source_tree import ROOT


def typed_names() -> dict[str, str]:
    """Name -> module, as the TYPE_CHECKING block of vaereg/__init__.py says."""
    tree = ast.parse((ROOT / "vaereg" / "__init__.py").read_text(encoding="utf-8"))
    (block,) = (
        node
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    return {
        alias.asname or alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


@pytest.mark.parametrize("name", vaereg.__all__)
def test_every_public_name_can_be_had(name: str) -> None:
    assert getattr(vaereg, name) is not None


def test_type_checkers_see_the_same_names_from_the_same_places() -> None:
    assert typed_names() == vaereg._HOMES


def test_all_and_dir_name_the_public_names() -> None:
    assert set(vaereg.__all__) == {*typed_names(), "__version__"}
    assert set(vaereg.__all__) <= set(dir(vaereg))


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        vaereg.nothing  # noqa: B018  # the access is what is tested


def test_importing_vaereg_imports_nothing_heavy() -> None:
    code = (
        "import sys, vaereg; "
        "print([m for m in ('keras', 'numpy', 'attrs', 'tensorflow') if m in sys.modules])"
    )

    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout

    assert printed.strip() == "[]"


def test_no_public_name_is_a_modules_too():
    """After `import vaereg.x` the attribute `vaereg.x` would be the module, not the function."""
    package = ROOT / "vaereg"
    modules = {path.stem for path in package.iterdir() if path.suffix == ".py" or path.is_dir()}

    assert not modules & set(vaereg.__all__)
