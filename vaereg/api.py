"""The front door in Python: `vaereg.load` opens a trained model, `vaereg.build` builds a new one.

The functions that do what the commands do are in `vaereg.workflows`.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from vaereg.contracts.data import Data
from vaereg.discovery.declare import Registry, declare
from vaereg.errors import UsageError
from vaereg.wording import escaped

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
    """Opens a trained model, which encodes, decodes, reconstructs, samples and scores.

    Args:
        run: a run folder, a run as `train` returns it, `<model>/<id>`, or a model's name for its
            newest run; with `@SAMPLER` to choose the sampler that `sample` uses by default.
        runs: the folder of all runs.
        weights: "final" for those at the end of training; "last" or "best" for those of a
            checkpoint. For a run that is not finished, "final" means "last", with a warning.
        backend: the Keras backend; None for the one that keras was imported with, else that of
            KERAS_BACKEND, else that of the run, else any installed one.
        ignore_lock: continue even if installed versions or the data differ from the run lock.
        no_plugins: distributions to leave out; True for all but the built-in components.
        quiet: no warnings and no progress on stderr.

    Raises:
        RunError: if there is no such run, or it has no such weights.
        PluginError: if a plugin of the run is missing; the message says what to install.
        LockError: if a component has changed since the training and `ignore_lock` is false.
        UsageError: if there is no sampler of that name, or for a value that is not allowed.
        BackendError: if the backend cannot be used.
    """
    from vaereg.trained.load_run import load_run
    from vaereg.workflows.options import read_folder, read_no_plugins, read_run_like
    from vaereg.workflows.train_samplers import train_sampler

    return load_run(
        read_run_like(run),
        read_folder("runs", runs),
        weights=weights,
        backend=backend,
        ignore_lock=ignore_lock,
        no_plugins=read_no_plugins(no_plugins),
        quiet=quiet,
        train_sampler=train_sampler,
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
        registry: the registry that declares it: a path; a text with a line break, which is TOML; or
            a mapping as `tomllib` returns it.
        model: the name of the model; None for the registry's default.
        overrides: as on the command line, `"models.sharp.latent=32"`.
        data: the data that it will be trained on; None to read the data that the declaration names,
            with a Python warning for everything that the user should know about it.
        parts: your own parts by slot, instead of the declared components. `"encoder"` and
            `"decoder"` may be any Keras layer or model: x (B, *data) -> features, and
            z (B, *latent) -> outputs (B, *data[:-1], channels), with as many channels as the
            likelihood needs. `"posterior"`, `"prior"`, `"likelihood"`, `"objective"` and the
            key of a regularizer or discriminator take objects that satisfy the contract of their
            kind. `save` keeps such a model if its own parts are Keras layers with a config; else
            save it with `save_weights`, and load the weights into a model that is built with the
            same kind of parts. It is not a run, because it could not be built again from a run
            folder.

    Returns:
        The VAE, with `fit`, `evaluate`, `encode`, `decode`, `reconstruct` and `sample`.

    Raises:
        DeclarationError: if the declaration is wrong, or a part does not fit the data.
        ContractError: if a part breaks a law of its kind, such as the shape of its outputs.
        UsageError: if a key of `parts` is not a slot of the model, or a value has another type.
        PluginError, DataError: if a component or the data cannot be used.
    """
    declaration = declare(registry, model, overrides)
    if data is not None and not isinstance(data, Data):
        raise UsageError(f"data is a vaereg.Data; got {type(data).__name__}")
    if parts is not None and not isinstance(parts, Mapping):
        raise UsageError(f"parts is a mapping of slots to parts; got {type(parts).__name__}")
    from vaereg.assembly.load_data import check_batch_size, load_data
    from vaereg.assembly.suspicious_data import remarks
    from vaereg.model.build_declared import build_declared

    if data is None:
        data = load_data(declaration)
        check_batch_size(data, declaration)
        for each in remarks(data, declaration):
            warnings.warn(escaped(each), stacklevel=2)
    return build_declared(declaration, data, parts)
