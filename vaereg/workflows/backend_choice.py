"""Which Keras backend a workflow computes with, even if keras is already imported."""

from __future__ import annotations

import sys

import attrs

from vaereg.host.devices import BackendChoice, choose_backend
from vaereg.workflows.tell import Tell


def imported_backend() -> str:
    """The backend with which this process has imported keras; empty if it has not."""
    keras = sys.modules.get("keras")
    return str(keras.backend.backend()) if keras is not None else ""


def backend_choice(asked: str | None, tell: Tell) -> BackendChoice:
    """The requested backend, else the one that keras was imported with, else the best.

    Args:
        asked: "tensorflow", "jax", "torch", "auto" or None.
        tell: receives a line before anything slow.

    Raises:
        UsageError: for another name.
        BackendError: if it is not installed, or if keras was imported with another one.
    """
    active = imported_backend() if asked in (None, "auto") else ""
    choice = choose_backend(active or asked, tell.progress.stage)
    return attrs.evolve(choice, reason="keras was imported with it") if active else choice


def backend_of_run(asked: str | None, backend: str, tell: Tell) -> BackendChoice:
    """The requested backend, else the one that a run was trained with.

    Raises:
        UsageError, BackendError: as `backend_choice`.
    """
    choice = choose_backend(asked or backend, tell.progress.stage)
    return choice if asked else attrs.evolve(choice, reason="the run was trained with it")
