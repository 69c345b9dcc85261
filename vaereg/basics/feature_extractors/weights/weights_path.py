"""The location of a file of weights."""

from __future__ import annotations

from pathlib import Path

import vaereg


def weights_path(name: str, weights: str, folder: Path) -> Path:
    """Resolves the parameter `weights` of an extractor; a relative path starts at `folder`.

    Raises:
        vaereg.DataError: if there is no such file.
    """
    try:
        found = (folder / Path(weights).expanduser()).absolute()
    except RuntimeError as error:  # ~name of a user who does not exist
        raise vaereg.DataError(f"extractor '{name}': weights = \"{weights}\": {error}") from error
    if not weights or not found.is_file():
        raise vaereg.DataError(
            f"extractor '{name}': weights = \"{weights}\": there is no file {found}."
        )
    return found
