"""Writes a folder of text files, completely or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from vaereg.errors import UsageError, VaeregError


def write_folder(target: Path, files: Mapping[str, str]) -> None:
    """Creates a folder with these files.

    Args:
        target: the folder.
        files: path within the folder -> text.

    Raises:
        UsageError: if the folder, or a file of that name, exists; it is not changed.
        VaeregError: if the folder cannot be written; nothing is left behind.
    """
    if os.path.lexists(target):
        raise UsageError(
            f"{target} already exists and was not changed; choose another name, or another folder"
        )
    parent = target.parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=parent))
    except OSError as error:
        raise _creation_error(target, error) from error
    try:
        folder = draft / target.name  # other users may not read mkdtemp's own folder
        for path, text in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        folder.rename(target)
    except OSError as error:
        raise _creation_error(target, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _creation_error(target: Path, error: OSError) -> VaeregError:
    return VaeregError(
        f"cannot create {target}: {error.strerror or error}\n"
        "No files were left there; choose another folder."
    )
