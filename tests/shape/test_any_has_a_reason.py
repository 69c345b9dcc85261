"""Every `Any` has its reason on its line."""

from __future__ import annotations

import io
import tokenize
from pathlib import Path

import pytest

from tests.helpers.source_tree import ROOT, plugin_files


def typed_files() -> list[Path]:
    """The sources in which a value of ours is never `Any`."""
    return sorted((*(ROOT / "vaereg").rglob("*.py"), *plugin_files()))


def without_a_reason(source: str) -> list[int]:
    """The lines that use the name Any and have no comment; its import needs none."""
    uses, reasons, imports = set(), set(), False
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME and token.string in {"from", "import"}:
            imports = True
        elif token.type == tokenize.NEWLINE:
            imports = False
        elif token.type == tokenize.NAME and token.string == "Any" and not imports:
            uses.add(token.start[0])
        elif token.type == tokenize.COMMENT:
            reasons.add(token.start[0])
    return sorted(uses - reasons)


@pytest.mark.parametrize("path", typed_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_of_any_type_says_why(path: Path) -> None:
    assert not without_a_reason(path.read_text(encoding="utf-8"))


def test_the_search_finds_what_has_no_reason() -> None:
    source = """
from typing import Any
def f(x: Any) -> None: ...
def g(x: Any) -> None: ...  # a tensor of any backend
def h(x: int) -> None:
    '''Any x.'''
"""

    assert without_a_reason(source) == [3]
