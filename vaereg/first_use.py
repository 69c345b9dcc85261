"""Imports the public names of a package when they are first used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def imported_on_first_use(
    package: str, homes: Mapping[str, str], names: dict[str, object]
) -> Callable[[str], Any]:  # of any type: whatever the package offers
    """The `__getattr__` of a package.

    Args:
        package: the package's name, for the error.
        homes: the module of each public name.
        names: the package's globals, which keep each name after its first use.
    """

    def imported(name: str) -> Any:  # of any type, as above
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        try:
            module = import_module(homes[name])
        except AttributeError as fault:  # Python would report a missing name and drop the cause
            raise ImportError(f"{homes[name]} cannot be imported: {fault}") from fault
        names[name] = getattr(module, name)
        return names[name]

    return imported
