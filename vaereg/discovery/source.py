"""Where a factory is written, found without importing it."""

from __future__ import annotations

import ast
import sys
from pathlib import Path


def source_of(factory: str) -> str:
    """`file:line` of the class or function that "package.module:attribute" names, or "".

    Packages are searched on sys.path by their file names, for the import system would run every
    `__init__.py` on the way, and those may import keras.
    """
    module, _, attribute = factory.partition(":")
    package, *inside = module.split(".")
    for folder in _homes(package):
        home = folder.joinpath(*inside)
        for file in (home.with_name(f"{home.name}.py"), home / "__init__.py"):
            if file.is_file():
                return f"{file}:{_line(file, attribute)}"
    return ""


def _homes(package: str) -> list[Path]:
    """The folders of a top-level package: as imported (editable installs too), or on sys.path."""
    loaded = getattr(sys.modules.get(package), "__path__", ())
    return [Path(folder) for folder in loaded] or [Path(folder, package) for folder in sys.path]


def _line(file: Path, attribute: str) -> int:
    try:
        body = ast.parse(file.read_text(encoding="utf-8")).body
    except (OSError, SyntaxError, ValueError):
        return 1
    for node in body:
        if getattr(node, "name", None) == attribute:
            return node.lineno
        targets = getattr(node, "targets", ())
        if any(getattr(target, "id", None) == attribute for target in targets):
            return node.lineno
    return 1
