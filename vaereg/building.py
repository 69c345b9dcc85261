"""From a declaration to a compiled model: stages 1 to 4 in one call, for notebooks and commands."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from vaereg.contracts.data import Data
from vaereg.declaration.text.document import Document, parse_document, read_document
from vaereg.declaration.text.override import override
from vaereg.errors import ContractError, DataError, UsageError

if TYPE_CHECKING:
    from vaereg.declaration.declaration import Declaration
    from vaereg.model.vae import VAE

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
        document = read_document(Path(registry))
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
    from vaereg.declaration.resolve import resolve
    from vaereg.discovery.open_registry import open_catalog

    if model is not None and not isinstance(model, str):
        raise UsageError(f"model is the name of a model; got {model!r}")
    document = read_registry(registry, overrides)
    catalog = open_catalog(document)
    catalog.check_requirements()
    return resolve(document, catalog, model)


def load_data(declaration: Declaration) -> Data:
    """Reads the data that a declaration names.

    Raises:
        DataError: if the data cannot be used.
        PluginError: if the dataset component cannot be built.
    """
    from vaereg.assembly.blame import blaming
    from vaereg.assembly.build_component import build_component, data_context
    from vaereg.contracts.dataset import Dataset

    slot = declaration.data_slot
    dataset = build_component(slot, data_context(declaration), Dataset)
    with blaming(slot, "cannot be read"):
        data = dataset()
    if not isinstance(data, Data):
        raise ContractError(f"{slot.offer.label} gave {type(data).__name__}; a dataset gives Data.")
    if len(data.train) < declaration.train.batch_size:
        raise DataError(
            f"[data.{declaration.data_name}] has {len(data.train)} training examples, fewer than "
            f"one batch of {declaration.train.batch_size}.\n"
            f"Set [train] batch_size to at most {len(data.train)}, or give more data."
        )
    return data


def build_declared(
    declaration: Declaration, data: Data, parts: Mapping[str, object] | None = None
) -> VAE:
    """Builds and compiles the declared model; the seed determines its weights.

    Args:
        declaration: the model.
        data: the data that it is trained on; only its spec and its size are read.
        parts: parts by slot, used instead of the declared components; see `vaereg.build`.
    """
    import keras

    from vaereg.assembly.assemble import assemble
    from vaereg.assembly.given_parts import with_given_parts
    from vaereg.assembly.seeded import seed_of, seeded
    from vaereg.model.vae import VAE

    spec = attrs.evolve(data.spec, size=len(data.train))
    if parts:
        declaration = with_given_parts(declaration, parts)
    callers = keras.config.dtype_policy()
    keras.config.set_dtype_policy(declaration.train.precision)
    try:
        built = assemble(declaration, spec, parts)
        with seeded(seed_of(declaration.train.seed, "vae")):
            return VAE(built, declaration, len(data.train))
    finally:
        keras.config.set_dtype_policy(callers)
