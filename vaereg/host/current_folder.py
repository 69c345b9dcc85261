"""Keeps the current folder, from which the relative paths of a command start."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def keeping_current_folder() -> Iterator[None]:
    """Returns to the current folder after the block, in which code of a plugin runs.

    Otherwise a run would be written to another folder than the user named.
    """
    before = _current_folder()
    try:
        yield
    finally:
        if before and _current_folder() != before:
            with suppress(OSError):  # it was deleted meanwhile
                os.chdir(before)


def _current_folder() -> str:
    try:
        return str(Path.cwd())
    except OSError:  # it was deleted
        return ""
