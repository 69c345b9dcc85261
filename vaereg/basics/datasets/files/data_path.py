"""The location of a dataset's file or folder."""

from __future__ import annotations

from pathlib import Path

import vaereg


def data_path(path: str, folder: Path) -> Path:
    """Resolves `path`: `~` is the home folder, and a relative path starts at `folder`.

    Raises:
        vaereg.DataError: if the path does not exist, or is a pipe or a device; the message has it
            as given and resolved.
    """
    if not path:
        raise vaereg.DataError(
            "path is empty; set it to where the data is, relative to registry.toml"
        )
    try:
        found = (folder / Path(path).expanduser()).absolute()
    except RuntimeError as error:  # ~name of a user who does not exist
        raise vaereg.DataError(f'path = "{path}": {error}') from error
    if not found.exists():
        nearest = next(parent for parent in found.parents if parent.exists())
        raise vaereg.DataError(
            f'path = "{path}": {found} does not exist, but {nearest} does. '
            "A relative path starts at the folder of registry.toml."
        )
    if not (found.is_file() or found.is_dir()):
        raise vaereg.DataError(
            f'path = "{path}": {found} is neither a file nor a folder, but a pipe or a device'
        )
    return found
