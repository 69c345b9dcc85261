"""Whether a file that a command will write at its end can be written."""

from __future__ import annotations

from pathlib import Path

from vaereg.errors import RunError, UsageError


def check_place(path: Path, example: str) -> None:
    """Checks that a file can be written, before an evaluation takes minutes.

    Args:
        path: the file.
        example: a file name for the error.

    Raises:
        UsageError: if it is a folder.
        RunError: if its folder does not exist.
    """
    if path.is_dir():
        raise UsageError(f"out is {path}, a folder; give the file, such as {path / example}")
    if not path.parent.is_dir():
        raise RunError(
            f"cannot write {path}: the folder {path.parent} does not exist; create it first"
        )
