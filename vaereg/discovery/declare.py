"""A registry in any form, and a model's name -> `Declaration`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, TypeAlias

from vaereg.declaration.declaration import Declaration
from vaereg.declaration.resolve import resolve
from vaereg.declaration.text.document import Document, parse_document, read_document
from vaereg.declaration.text.override import override
from vaereg.discovery.open_registry import open_catalog
from vaereg.errors import UsageError
from vaereg.host.home_path import home_path

Registry: TypeAlias = str | os.PathLike[str] | Mapping[str, Any]  # any value of TOML
"""A path, a TOML text of more than one line, or a mapping as `tomllib` returns it."""


def read_registry(registry: Registry, overrides: Sequence[str] = ()) -> Document:
    """Reads a registry as a document, and applies overrides to it.

    Args:
        registry: a path; a text with a line break, which is TOML; or a mapping as `tomllib`
            returns it. Relative paths in a text or mapping start from the current folder.
        overrides: as on the command line, `"models.sharp.latent=32"`.

    Raises:
        DeclarationError: if the file is missing, empty or not TOML, or an override cannot be read.
        UsageError: for a value of any other type.
    """
    if isinstance(registry, Mapping):
        document = Document(values=_plain(registry), source="the mapping")
    elif isinstance(registry, str) and "\n" in registry:
        document = parse_document(registry, "the text")
    elif isinstance(registry, str | os.PathLike):
        document = read_document(home_path(registry))
    else:
        raise UsageError(
            "a registry is a path, a TOML text of more than one line, or a mapping; got "
            f"{type(registry).__name__}"
        )
    return override(document, overrides)


def _plain(value: Any) -> Any:  # any value of TOML
    """A copy with dicts for mappings and lists for tuples, the types of TOML."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return deepcopy(value)


def declare(
    registry: Registry = "registry.toml",
    model: str | None = None,
    overrides: Sequence[str] = (),
) -> Declaration:
    """Reads one model's declaration, without importing keras.

    Args:
        registry: a path, a TOML text or a mapping; see `read_registry`.
        model: the name of the model; None for the registry's default.
        overrides: as on the command line, `"models.sharp.latent=32"`.

    Raises:
        DeclarationError: with every problem found.
        PluginError: if a plugin that the registry requires is missing.
        UsageError: for a value of another type.
    """
    if model is not None and not isinstance(model, str):
        raise UsageError(f"model is the name of a model; got {model!r}")
    document = read_registry(registry, overrides)
    catalog = open_catalog(document)
    catalog.check_requirements(document.place(("plugins", "require")))
    return resolve(document, catalog, model)
