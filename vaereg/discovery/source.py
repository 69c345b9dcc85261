"""Where a factory is written, found without importing it."""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path


@cache
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
    """The line that defines the name at the top of the file; parsing would take far longer."""
    defined = re.compile(rf"(?:class|def|async def) {attribute}\b|{attribute}\s*[:=]")
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return 1
    return next((number for number, line in enumerate(lines, 1) if defined.match(line)), 1)
