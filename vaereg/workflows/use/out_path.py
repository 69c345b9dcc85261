"""The file or folder that a result is written to: its kind, and whether it may be replaced."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from vaereg.errors import RunError, UsageError
from vaereg.host.home_path import home_path

FOLDER = "/"
"""Stands for a folder among suffixes."""


def out_path(out: str, allowed: Collection[str], *, force: bool) -> Path:
    """The path, which does not exist yet unless `force`.

    Args:
        out: as the user gave it; a folder ends with a slash, exists, or has no suffix.
        allowed: suffixes such as ".csv", and FOLDER.
        force: whether an existing file is replaced, or files are put into a folder that has some.

    Raises:
        UsageError: for another kind of file, and for one that exists already.
    """
    path = home_path(out)
    is_folder = out.endswith(("/", "\\")) or path.is_dir() or not path.suffix
    kinds = [f"a {each} file" for each in allowed if each != FOLDER]
    kinds += ["a folder with a / at its end"] * (FOLDER in allowed)
    if (FOLDER if is_folder else path.suffix.lower()) not in allowed:
        raise UsageError(f"out is {out}: give {' or '.join(kinds)}")
    taken = path.exists() and not (is_folder and not any(path.iterdir()))
    if taken and not force:
        what = f"{path} has files in it" if is_folder else f"{path} already exists"
        raise UsageError(f"{what}, and nothing was changed; --force replaces, --out names another")
    return path


def made_folder_of(path: Path) -> None:
    """Makes the folder in which a file is written.

    Raises:
        RunError: if the operating system refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(f"cannot create the folder {path.parent}: {error.strerror}") from error
