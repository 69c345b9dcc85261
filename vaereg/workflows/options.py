"""The options that several workflows share, as values."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias

import attrs

from vaereg.discovery.open_registry import DEFAULT_REGISTRY
from vaereg.errors import UsageError
from vaereg.host.home_path import home_path
from vaereg.runs.layout import ROOT

RunLike: TypeAlias = str | os.PathLike[str]
"""A run folder, a finished run, `<model>/<id>`, or a model's name for its newest run."""

Preset: TypeAlias = Literal["quick", "full"]


@attrs.frozen(kw_only=True)
class RegistryOptions:
    """Which registry to read, and with which plugins.

    Args:
        registry: the file.
        overrides: as on the command line, `"models.sharp.latent=32"`.
        no_plugins: distributions to leave out; True for all but the built-in components.
    """

    registry: Path = DEFAULT_REGISTRY
    overrides: tuple[str, ...] = ()
    no_plugins: bool | tuple[str, ...] = False


@attrs.frozen(kw_only=True)
class TrainOptions:
    """Values that override [train]; None keeps the declared value.

    Args:
        seed: the training seed; with several seeds, the first.
        epochs: the number of epochs.
        samples_every: write a sample grid after every N epochs; 0 for only at the end.
        evaluate_every: evaluate after every N epochs; 0 for never.
        tensorboard: also write logs for TensorBoard.
        backend: the Keras backend, or "auto".
        runs: the folder of all runs.
        weights_from: a run whose weights a training begins with, as far as they fit.
    """

    seed: int | None = None
    epochs: int | None = None
    samples_every: int | None = None
    evaluate_every: int | None = None
    tensorboard: bool = False
    backend: str | None = None
    runs: Path = ROOT
    weights_from: str | None = None


@attrs.frozen(kw_only=True)
class EvaluateOptions:
    """How to evaluate runs.

    Args:
        preset: "quick" or "full"; None to use existing evaluations of either preset, and "quick"
            where one is missing.
        features: feature extractors, each a name or a TOML table with `use`; empty for an
            automatic choice.
        again: evaluate again, even if there is an evaluation.
        runs: the folder of all runs.
        backend: the Keras backend; None for that of the first run.
        ignore_lock: continue even if installed versions or the data differ from the run lock.
        no_plugins: as in `RegistryOptions`.
    """

    preset: Preset | None = None
    features: tuple[str, ...] = ()
    again: bool = False
    runs: Path = ROOT
    backend: str | None = None
    ignore_lock: bool = False
    no_plugins: bool | tuple[str, ...] = False


def read_run_like(run: RunLike) -> str:
    """A run as text, in the form that the command line takes.

    Raises:
        UsageError: for anything but text or a path.
    """
    text = _path_text(run)
    if not text:
        raise UsageError(f"a run is given by its folder or its name; got {_shown_value(run)}")
    return text


def read_runs(run: RunLike | Sequence[RunLike]) -> tuple[list[str], bool]:
    """The names of one run or of several, and whether they came as a list.

    Raises:
        UsageError: for anything else, and for an empty list.
    """
    if isinstance(run, str | bytes) or not isinstance(run, Sequence):
        return [read_run_like(run)], False
    if not run:
        raise UsageError("the list of runs is empty; name at least one run")
    return [read_run_like(each) for each in run], True


def read_registry_file(registry: str | os.PathLike[str]) -> Path:
    """The file of a declaration.

    Raises:
        UsageError: for anything but a path, such as the declaration itself.
    """
    text = _path_text(registry)
    if not text or "\n" in text:
        came = "a text of several lines" if text else _shown_value(registry)
        raise UsageError(f"registry is the path of a file; got {came}")
    return Path(text)


def read_folder(name: str, folder: str | os.PathLike[str]) -> Path:
    """A folder that an option names.

    Raises:
        UsageError: for anything but text or a path.
    """
    text = _path_text(folder)
    if not text:
        raise UsageError(f"{name} is a path; got {_shown_value(folder)}")
    return Path(text)


def _path_text(path: object) -> str:
    """A path as text; empty if it is not a path, or is given as bytes."""
    try:
        text = os.fspath(path)  # type: ignore[call-overload]  # raises unless it is a path
    except TypeError:
        return ""
    return str(home_path(text)) if isinstance(text, str) and text else ""


def _shown_value(value: object) -> str:
    return repr(value) if value is None or isinstance(value, str) else type(value).__name__


def read_preset(preset: str | None) -> Preset | None:
    """A preset, checked.

    Raises:
        UsageError: for anything but "quick", "full" and None.
    """
    if preset not in (None, "quick", "full"):
        raise UsageError(f'preset is "quick" or "full"; got {preset!r}')
    return preset  # type: ignore[return-value]  # mypy does not narrow by `in`


def read_no_plugins(no_plugins: bool | Sequence[str]) -> bool | tuple[str, ...]:
    """Which plugins to leave out: a boolean, a name or names.

    Raises:
        UsageError: for anything else.
    """
    if isinstance(no_plugins, bool):
        return no_plugins
    names = (no_plugins,) if isinstance(no_plugins, str) else no_plugins
    if not isinstance(names, Sequence) or not all(isinstance(each, str) for each in names):
        raise UsageError(f"no_plugins is a boolean or names of distributions; got {no_plugins!r}")
    return tuple(names)
