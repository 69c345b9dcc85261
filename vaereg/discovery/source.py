"""Finds the file of a module and the line of a name in it, without importing the module.

The import system would run every `__init__.py` on the way, and these may import keras.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from importlib.machinery import all_suffixes
from importlib.util import find_spec
from pathlib import Path

MAKES_MODULES = ("__path__", "meta_path", "sys.modules")
"""A package whose source contains one of these words may have modules without a file."""


class UncertainError(Exception):
    """Only an import could show whether a module or name exists."""


@cache
def source_of(factory: str) -> str:
    """`file:line` of the class or function that "package.module:attribute" names, or ""."""
    module, _, attribute = factory.partition(":")
    try:
        file = module_file(module)
        text = "" if file is None else text_of(file)
    except UncertainError:
        return ""
    return "" if file is None else f"{file}:{defining_line(text, attribute) or 1}"


def module_file(module: str) -> Path | None:
    """The file of a module, or None if the module certainly does not exist.

    Raises:
        UncertainError: if the module may exist without a file of its own.
    """
    package, *inside = module.split(".")
    try:
        spec = find_spec(package)  # imports nothing, since the name has no dot
    except (ImportError, AttributeError, ValueError):
        raise UncertainError from None
    if spec is None:
        return None
    if spec.submodule_search_locations is None:
        return None if inside else Path(spec.origin or "")
    folders = [Path(each) for each in spec.submodule_search_locations]
    for folder in folders:
        stem = folder.joinpath(*inside)
        modules = [stem.with_name(stem.name + suffix) for suffix in all_suffixes()]
        for file in [stem / "__init__.py", *(modules if inside else [])]:
            if file.is_file():
                return file
    if module in sys.modules or not all(folder.is_dir() for folder in folders):
        raise UncertainError
    for folder in folders:
        for depth in range(len(inside)):
            parent = folder.joinpath(*inside[:depth], "__init__.py")
            if parent.is_file() and any(word in text_of(parent) for word in MAKES_MODULES):
                raise UncertainError
    return None


def text_of(file: Path) -> str:
    """The text of a Python file.

    Raises:
        UncertainError: if it is another kind of file, or cannot be read.
    """
    if file.suffix != ".py":
        raise UncertainError
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise UncertainError from None


def defining_line(text: str, name: str) -> int | None:
    """The line at the top level of a module that defines a name; parsing would take far longer."""
    definition = re.search(
        rf"^(?:(?:class|def|async def) {name}\b|{name}\s*[:=])", text, re.MULTILINE
    )
    return None if definition is None else text.count("\n", 0, definition.start()) + 1
