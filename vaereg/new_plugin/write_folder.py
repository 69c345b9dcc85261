"""A folder of text files that appears whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from vaereg.errors import UsageError, VaeregError


def write_folder(target: Path, files: Mapping[str, str]) -> None:
    """Makes the folder with these files, path below it -> text.

    Raises:
        UsageError: if something of that name exists; it is left as it is.
        VaeregError: if the operating system refuses; nothing is left behind.
    """
    if os.path.lexists(target):
        raise UsageError(
            f"{target} already exists and was not changed; choose another name, or another folder "
            "with --out"
        )
    parent = target.parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=parent))
    except OSError as error:
        raise _refused(target, error) from error
    try:
        folder = draft / target.name  # mkdtemp's own folder is closed to others
        for path, text in files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        folder.rename(target)
    except OSError as error:
        raise _refused(target, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _refused(target: Path, error: OSError) -> VaeregError:
    return VaeregError(
        f"cannot make {target}: {error.strerror or error}\n"
        "Nothing was left there; choose another folder with --out."
    )
