"""Paths as users write them, in which `~` is the home folder."""

from __future__ import annotations

import os
from pathlib import Path


def home_path(path: str | os.PathLike[str]) -> Path:
    """A path with `~` and `~name` replaced, which a shell leaves in `--out=~/file`.

    The name of a user who does not exist stays as it is.
    """
    return Path(os.path.expanduser(path))  # noqa: PTH111  # Path.expanduser raises there
