"""Lets `keras.models.load_model` open a VAE in a process that has only imported vaereg.

Keras looks a class up among those that were registered. `import vaereg` never imports keras, so a
stand-in is registered as soon as keras has been imported, before or after vaereg.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

NAME = "vaereg>VAE"
"""The name under which a .keras file refers to the class of a VAE."""


class SavedVAE:
    """Stands for the class of a VAE until it is imported."""

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Any:  # JSON -> a VAE, a class of a stage
        """Imports the class and builds the model."""
        return import_module("vaereg.model.vae").VAE.from_config(config)


def register_with_keras() -> None:
    """Registers the stand-in, now or when keras is imported."""
    keras = sys.modules.get("keras")
    if keras is not None and hasattr(keras, "saving"):
        _register(keras)
    elif not any(isinstance(each, _AfterKeras) for each in sys.meta_path):
        sys.meta_path.insert(0, _AfterKeras())


def _register(keras: ModuleType) -> None:
    keras.saving.get_custom_objects().setdefault(NAME, SavedVAE)


class _AfterKeras(MetaPathFinder):
    """Finds nothing itself; registers the stand-in after the first import of keras."""

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """The spec of keras as other finders have it, with one more thing to do; else None."""
        del path, target
        if name != "keras":
            return None
        sys.meta_path.remove(self)
        spec = find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        loader = spec.loader
        run = loader.exec_module

        def run_and_register(module: ModuleType) -> None:
            run(module)
            _register(module)

        loader.exec_module = run_and_register  # type: ignore[method-assign]  # of this loader alone
        return spec
