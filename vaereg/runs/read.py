"""Reads a run folder back: its run lock, its status, and whether its training has finished."""

from __future__ import annotations

from pathlib import Path

import attrs

from vaereg.errors import RunError
from vaereg.runs.atomic import JsonObject, read_json
from vaereg.runs.layout import ROOT, RunFolder, find_run
from vaereg.runs.lock_form import misfit_of_lock
from vaereg.runs.run_lock import FORM
from vaereg.runs.status import Status, read_status


@attrs.frozen(kw_only=True)
class Run:
    """A run folder with the content of its small files.

    Args:
        folder: the folder.
        lock: the content of lock.json.
        status: whether it is being trained, and how far it has come.
    """

    folder: RunFolder
    lock: JsonObject
    status: Status


def read_run(argument: str | Path, root: Path = ROOT) -> Run:
    """Reads the run that an argument names; see `find_run`.

    Raises:
        RunError: if there is no such run, or its files are missing, damaged or from a newer vaereg.
    """
    folder = find_run(argument, root)
    instead = "Restore it from a copy, or train again in a new run."
    lock = read_json(folder.lock, instead)
    form = lock.get("form", FORM) if isinstance(lock, dict) else None
    if isinstance(form, int) and form > FORM:
        raise RunError(
            f"{folder} was made by a newer vaereg ({lock.get('vaereg')}); update vaereg."
        )
    if wrong := misfit_of_lock(lock):
        raise RunError(f"{folder.lock} was damaged or edited: {wrong}.\n{instead}")
    return Run(folder=folder, lock=lock, status=read_status(folder))


def locked_backend(run: Run) -> str:
    """The Keras backend that a run was trained with."""
    return str(run.lock["backend"]["name"])


def check_finished(run: Run) -> None:
    """Raises unless the training of a run has finished.

    Raises:
        RunError: stating how far the training has come and what to do.
    """
    problem = why_unfinished(run)
    if problem:
        raise RunError(problem)


def why_unfinished(run: Run) -> str:
    """Why a run cannot be evaluated yet, and what to do; empty if its training has finished."""
    status = run.status
    if status.state == "finished":
        return ""
    far = f"after {status.epochs} of {status.of} epochs" if status.of else "before its first epoch"
    if status.state == "running":
        return f"{run.folder} is still being trained, {far}. Wait until it has finished."
    because = f" ({status.reason})" if status.reason else ""
    if status.reason and not status.of:
        far = "at an unknown epoch"
    how = "it failed" if status.state == "failed" else f"it was {status.state}"
    return (
        f"{run.folder} is not finished: {how} {far}{because}.\n"
        f"Finish it: vaereg resume {run.folder}"
    )
