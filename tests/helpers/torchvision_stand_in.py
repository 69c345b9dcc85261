"""A stand-in for torchvision, whose wheels do not load with every build of PyTorch.

torch-fidelity and clean-fid import it for their networks and data sets. Their distances, which the
tests compare with, never touch it.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any

NAME = "torchvision"


class _Anything(type):
    """A class whose attributes are again such classes, at any depth."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything(name, (), {})


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        if name.split(".")[0] != NAME:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = types.ModuleType(spec.name)
        stand_in = _Anything(spec.name, (), {})
        module.__getattr__ = lambda name: getattr(stand_in, name)  # type: ignore[method-assign]
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        del module


def stand_in_for_torchvision() -> None:
    """Makes `import torchvision` work in this process if it fails otherwise."""
    try:
        import torchvision  # noqa: F401
    except (ImportError, RuntimeError):  # not installed, or built for another PyTorch
        for name in [each for each in sys.modules if each.split(".")[0] == NAME]:
            del sys.modules[name]
        sys.meta_path.insert(0, _Finder())
