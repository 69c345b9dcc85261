"""registry.toml and the installed plugins -> the document and its catalog of components."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import NamedTuple

from vaereg.declaration.policy import plugin_policy
from vaereg.declaration.text.document import Document, read_document
from vaereg.declaration.text.override import override
from vaereg.discovery.catalog import Catalog
from vaereg.discovery.discover import discover

DEFAULT_REGISTRY = Path("registry.toml")


class OpenedRegistry(NamedTuple):
    """The document of a registry, and the catalog of components that it may name."""

    document: Document
    catalog: Catalog


def open_registry(
    registry: Path | None = DEFAULT_REGISTRY,
    overrides: Sequence[str] = (),
    *,
    no_plugins: bool | Collection[str] = False,
    warn: Callable[[str], None] = lambda _: None,
    warn_of_plugins: bool = True,
    tracebacks: bool = False,
) -> OpenedRegistry:
    """Reads a registry and finds the plugins that it allows. Never imports keras.

    Args:
        registry: the file; None for registry.toml if it exists, otherwise an empty document.
        overrides: as on the command line, `"models.sharp.latent=32"`.
        no_plugins: distributions to leave out; True for all except the built-in components.
        warn: is called with the text of each warning.
        warn_of_plugins: whether to warn about each plugin that cannot be used.
        tracebacks: whether such a warning ends with the plugin's traceback.

    Raises:
        DeclarationError: if the registry or an override cannot be read.
    """
    if registry is None and not DEFAULT_REGISTRY.exists():
        document = Document(values={})
    else:
        document = read_document(registry or DEFAULT_REGISTRY)
    document = override(document, overrides)
    catalog = open_catalog(
        document,
        no_plugins=no_plugins,
        warn=warn,
        warn_of_plugins=warn_of_plugins,
        tracebacks=tracebacks,
    )
    return OpenedRegistry(document, catalog)


def open_catalog(
    document: Document,
    *,
    no_plugins: bool | Collection[str] = False,
    warn: Callable[[str], None] = lambda _: None,
    warn_of_plugins: bool = True,
    tracebacks: bool = False,
) -> Catalog:
    """Finds the plugins that [plugins] in a document allows; see `open_registry`.

    Raises:
        DeclarationError: if [plugins] is invalid.
    """
    catalog = discover(plugin_policy(document), no_plugins=no_plugins)
    for warning in catalog.warnings:
        warn(warning)
    for record in catalog.records if warn_of_plugins else ():
        if record.status in {"broken", "incompatible"}:
            text = f"{record.label} (entry {record.entry}) is {record.explanation}"
            traceback = record.traceback if tracebacks else ""
            warn(f"{text}\n{traceback}".rstrip())
    return catalog
