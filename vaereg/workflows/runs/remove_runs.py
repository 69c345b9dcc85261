"""Deletes runs."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import attrs

from vaereg.errors import RunError
from vaereg.runs.layout import RUN_ID, RunFolder, find_run
from vaereg.runs.process_lock import holding, is_held


@attrs.frozen(kw_only=True)
class Removable:
    """A run that can be deleted.

    Args:
        folder: the run folder.
        size: of its files, in bytes.
    """

    folder: RunFolder
    size: int


def removable_runs(names: Sequence[str], root: Path) -> list[Removable]:
    """The runs that arguments name, each a run folder or `<model>/<id>`.

    The name of a model alone is refused: it would mean its newest run.

    Raises:
        RunError: if there is no such run, or a process trains it.
    """
    found: dict[Path, Removable] = {}
    for name in names:
        folder = find_run(name, root)
        if not RUN_ID.match(Path(name).absolute().name) and Path(name).name != folder.path.name:
            raise RunError(
                f"{name!r} names a model, not a run; its newest run is {folder}.\n"
                "Name each run that is to be deleted."
            )
        _check_not_trained(folder)
        found[folder.path.absolute()] = Removable(folder=folder, size=_size(folder.path))
    return list(found.values())


def remove_run(run: RunFolder) -> None:
    """Deletes a run, and the folder of its model if that was its last run.

    The folder gets another name first, so that no half-deleted run is ever read.

    Raises:
        RunError: if a process trains it, or the operating system refuses.
    """
    _check_not_trained(run)
    path = run.path.absolute()
    try:
        if path.is_symlink():
            path.unlink()
        else:
            with holding(run):
                gone = path.rename(path.with_name(f".removed-{path.name}"))
            shutil.rmtree(gone)
        if not any(path.parent.iterdir()):
            path.parent.rmdir()
    except OSError as error:
        raise RunError(f"cannot delete {run}: {error.strerror or error}") from error


def _check_not_trained(run: RunFolder) -> None:
    if is_held(run):
        raise RunError(f"{run} is being trained; wait for it, or stop it with Ctrl-C.")


def _size(folder: Path) -> int:
    if folder.is_symlink():
        return 0
    try:
        return sum(each.lstat().st_size for each in folder.rglob("*"))
    except OSError:
        return 0
