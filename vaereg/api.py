"""The front door for models in Python: `vaereg.load` opens a trained one, `vaereg.build` a new one.

Its other functions, which do what the commands do, are those of `vaereg.workflows`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from vaereg.building import Registry, build_declared, declare, load_data
from vaereg.contracts.data import Data
from vaereg.errors import UsageError

if TYPE_CHECKING:
    from vaereg.model.vae import VAE
    from vaereg.trained.trained_model import TrainedModel


def load(
    run: str | os.PathLike[str],
    runs: str | os.PathLike[str] = "runs",
    *,
    weights: str = "final",
    backend: str | None = None,
    ignore_lock: bool = False,
    no_plugins: bool | Sequence[str] = False,
    quiet: bool = False,
) -> TrainedModel:
    """Opens a trained model: it encodes, decodes, reconstructs, samples and scores.

    Args:
        run: a run folder, a run as `train` returns it, `<model>/<id>`, or a model's name for its
            newest run; with `@SAMPLER`, the sampler that `sample` then draws with by default.
        runs: the folder that runs are looked for in.
        weights: "final", or "last" or "best" for those of a checkpoint. Of a run that is not
            finished, "final" means "last", which is told.
        backend: the Keras backend; None for the one that keras was imported with, else that of
            KERAS_BACKEND, else that of the run, else any that is installed.
        ignore_lock: continue even if installed versions or the data differ from the run lock.
        no_plugins: distributions to leave out; True for all but the built-in components.
        quiet: no warnings and no progress on stderr.

    Raises:
        RunError: if there is no such run, or it has no such weights.
        PluginError: if a plugin it was made with is missing, with what to install.
        LockError: if a component has changed since, unless `ignore_lock`.
        UsageError: if there is no sampler of that name, or for a value that is not allowed.
        BackendError: if the backend cannot be used.
    """
    from vaereg.trained.load_run import load_run
    from vaereg.workflows.options import read_folder, read_no_plugins, read_run_like

    return load_run(
        read_run_like(run),
        read_folder("runs", runs),
        weights=weights,
        backend=backend,
        ignore_lock=ignore_lock,
        no_plugins=read_no_plugins(no_plugins),
        quiet=quiet,
    )


def build(
    registry: Registry = "registry.toml",
    model: str | None = None,
    overrides: Sequence[str] = (),
    data: Data | None = None,
    parts: Mapping[str, object] | None = None,
) -> VAE:
    """Builds a declared model as a compiled keras.Model, ready for `fit`.

    Args:
        registry: what declares it: a path; a text with a line break, which is TOML; or a mapping
            as `tomllib` gives it.
        model: its name; None for the registry's default.
        overrides: as on the command line, `"models.sharp.latent=32"`.
        data: the data it will be trained on; None to read what the declaration names.
        parts: your own parts by slot, in the place of what is declared there. `"encoder"` and
            `"decoder"` may be any Keras layer or model: x (B, *data) -> features, and
            z (B, *latent) -> outputs (B, *data), whose last axis has the length that the
            likelihood asks for. `"posterior"`, `"prior"`, `"likelihood"`, `"objective"` and the
            key of a regularizer or discriminator take objects that keep the contract of their
            kind. Such a model is saved by `save_weights` and loaded into another one built with
            the same kind of parts; it is no run, since a run could not be built again.

    Returns:
        The VAE: `fit`, `evaluate`, `encode`, `decode`, `reconstruct`, `sample`.

    Raises:
        DeclarationError: if the declaration is faulty, or a part does not fit the data.
        ContractError: if a part gives what its kind does not allow, such as another shape.
        UsageError: if `parts` names no slot of the model, or for a value of another type.
        PluginError, DataError: if a component or the data cannot be used.
    """
    declaration = declare(registry, model, overrides)
    if data is not None and not isinstance(data, Data):
        raise UsageError(f"data is a vaereg.Data; got {type(data).__name__}")
    if parts is not None and not isinstance(parts, Mapping):
        raise UsageError(f"parts is a mapping of slots to parts; got {type(parts).__name__}")
    return build_declared(declaration, load_data(declaration) if data is None else data, parts)
