"""Finds a run and opens its trained model on whichever backend is active."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import attrs

from vaereg.errors import RunError
from vaereg.host.devices import BackendChoice, choose_backend
from vaereg.host.import_keras import import_keras
from vaereg.host.progress import Progress
from vaereg.runs.layout import find_run
from vaereg.runs.read import Run, locked_backend
from vaereg.trained.load_weights import FINAL, check_weights
from vaereg.trained.open_trained import open_trained
from vaereg.trained.opened_run import read_opened_run
from vaereg.trained.sampler_slot import sampler_slot
from vaereg.trained.samplers import TrainSampler
from vaereg.trained.trained_model import TrainedModel


def load_run(
    run: str,
    root: Path,
    *,
    weights: str = FINAL,
    backend: str | None = None,
    ignore_lock: bool = False,
    no_plugins: bool | tuple[str, ...] = False,
    quiet: bool = False,
    train_sampler: TrainSampler | None = None,
) -> TrainedModel:
    """See `vaereg.load`, which calls this function."""
    check_weights(weights)
    folder, sampler = _folder_and_sampler(run, root)
    progress = Progress(quiet=quiet)
    opened = read_opened_run(
        folder,
        root,
        warn=lambda text: progress.say(f"warning: {text}"),
        ignore_lock=ignore_lock,
        no_plugins=no_plugins,
    )
    slot = sampler_slot(opened.declaration, opened.catalog, sampler)
    import_keras(_backend_choice(backend, opened.run, progress), progress)
    return open_trained(
        opened.run,
        opened.declaration,
        progress,
        weights=weights,
        source=opened.catalog,
        sampler=slot,
        ignore_lock=ignore_lock,
        train_sampler=train_sampler,
    )


def _folder_and_sampler(text: str, root: Path) -> tuple[Path, str | None]:
    """The run folder that RUN or RUN@SAMPLER names, and the sampler."""
    name, at, sampler = text.rpartition("@")
    if not at:
        return find_run(text, root).path, None
    try:
        return find_run(text, root).path, None  # a folder with @ in its name
    except RunError:
        return find_run(name, root).path, sampler


def _backend_choice(asked: str | None, run: Run, progress: Progress) -> BackendChoice:
    """The requested backend, the active one, KERAS_BACKEND, the run's backend, or any: the first
    of these that there is."""
    if asked is not None:
        return choose_backend(asked, progress.stage)
    if "keras" in sys.modules:
        import keras

        active = choose_backend(str(keras.backend.backend()), progress.stage)
        return attrs.evolve(active, reason="keras was already imported with it")
    if os.environ.get("KERAS_BACKEND"):
        return choose_backend(None, progress.stage)
    locked = locked_backend(run)
    if find_spec(locked) is None:
        return choose_backend("auto", progress.stage)
    return attrs.evolve(choose_backend(locked, progress.stage), reason="the backend of the run")
