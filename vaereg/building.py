"""From a declaration to a compiled model: stages 1 to 4 in one call, for notebooks and commands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from vaereg.contracts.data import Data
from vaereg.errors import ContractError, DataError

if TYPE_CHECKING:
    from vaereg.declaration.declaration import Declaration
    from vaereg.model.vae import VAE


def declare(
    registry: str | Path = "registry.toml",
    model: str | None = None,
    overrides: Sequence[str] = (),
) -> Declaration:
    """Reads one model's declaration, without importing keras.

    Args:
        registry: the file.
        model: the name of the model; None for the file's default.
        overrides: as on the command line, `"models.sharp.latent=32"`.

    Raises:
        DeclarationError: with every fault found.
        PluginError: if a plugin that the file requires is missing.
    """
    from vaereg.declaration.document import read_document
    from vaereg.declaration.override import override
    from vaereg.declaration.policy import plugin_policy
    from vaereg.declaration.resolve import resolve
    from vaereg.discovery.discover import discover

    document = override(read_document(Path(registry)), overrides)
    catalog = discover(plugin_policy(document))
    catalog.check_requirements()
    return resolve(document, catalog, model)


def load_data(declaration: Declaration) -> Data:
    """Reads the data that a declaration names.

    Raises:
        DataError: if it cannot be used.
        PluginError: if the dataset component cannot be built.
    """
    from vaereg.assembly.blame import blaming, described
    from vaereg.assembly.build_component import build_component, data_context
    from vaereg.contracts.dataset import Dataset

    part = declaration.data_slot
    dataset = build_component(part, data_context(declaration), Dataset)
    with blaming(part, "cannot be read"):
        data = dataset()
    if not isinstance(data, Data):
        raise ContractError(f"{described(part)} gave {type(data).__name__}; a dataset gives Data.")
    if len(data.train) < declaration.train.batch_size:
        raise DataError(
            f"[data.{declaration.data_name}] has {len(data.train)} training examples, fewer than "
            f"one batch of {declaration.train.batch_size}.\n"
            f"Set [train] batch_size to at most {len(data.train)}, or give more data."
        )
    return data


def build_declared(declaration: Declaration, data: Data) -> VAE:
    """Builds and compiles the declared model for this data; its weights follow from the seed."""
    import keras

    from vaereg.assembly.assemble import assemble
    from vaereg.assembly.seeded import seed_of, seeded
    from vaereg.model.vae import VAE

    keras.config.set_dtype_policy(declaration.train.precision)
    spec = attrs.evolve(data.spec, size=len(data.train))
    parts = assemble(declaration, spec)
    with seeded(seed_of(declaration.train.seed, "vae")):
        return VAE(parts, declaration, len(data.train))


def build(
    registry: str | Path = "registry.toml",
    model: str | None = None,
    overrides: Sequence[str] = (),
    data: Data | None = None,
) -> Any:
    """Builds a declared model as a compiled keras.Model, ready for `fit`.

    Args:
        registry: the file that declares it.
        model: its name; None for the file's default.
        overrides: as on the command line, `"models.sharp.latent=32"`.
        data: the data it will be trained on; None to read what the declaration names.

    Returns:
        The VAE: `fit`, `evaluate`, `encode`, `decode`, `reconstruct`, `sample`.

    Raises:
        DeclarationError, PluginError, DataError: see `vaereg.errors`.
    """
    declaration = declare(registry, model, overrides)
    return build_declared(declaration, load_data(declaration) if data is None else data)
