"""Arrays that can be computed again, kept between evaluations by a hash of their inputs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import numpy as np

from vaereg.errors import RunError
from vaereg.runs.state_file import read_state, write_state

MADE_FROM = "made_from"
"""The attribute of a file with the hash of what its arrays depend on."""

Fits: TypeAlias = Callable[[Mapping[str, np.ndarray]], bool]
"""Arrays -> whether they have the names and shapes that their user expects."""


class Cache:
    """A folder of arrays; if it cannot be read or written, the arrays are computed again.

    Each file says what it was made from. One that is damaged, or holds something else, is told and
    computed again.

    In every method, `kind` is the subfolder, such as "features", and `decided_by` is everything
    that the arrays depend on; its repr is hashed.

    Args:
        folder: the folder that keeps the arrays.
        warn: is told of files that cannot be used.
    """

    def __init__(self, folder: Path, warn: Callable[[str], None] = lambda text: None) -> None:
        self.folder = folder
        self._warn = warn

    def get(
        self,
        kind: str,
        decided_by: object,
        make: Callable[[], Mapping[str, np.ndarray]],
        fits: Fits = lambda arrays: True,
    ) -> dict[str, np.ndarray]:
        """The cached arrays; if there are none, the arrays from `make`, which are then cached.

        Args:
            kind, decided_by: see the class.
            make: computes the arrays.
            fits: whether arrays have the names and shapes that are expected.
        """
        kept = self.read(kind, decided_by, fits)
        if kept is not None:
            return kept
        made = dict(make())
        self.write(kind, decided_by, made)
        return made

    def read(
        self, kind: str, decided_by: object, fits: Fits = lambda arrays: True
    ) -> dict[str, np.ndarray] | None:
        """The cached arrays; None if there are none, or their file cannot be used."""
        path = self._entry_path(kind, decided_by)
        if not os.path.lexists(path):
            return None
        try:
            arrays, attributes = read_state(path)
        except (OSError, RunError) as error:  # damaged, unreadable, or of another form
            self.anew(str(error).partition("\n")[0])
            return None
        # files of earlier versions do not say what they were made from
        if attributes.get(MADE_FROM, path.stem) != path.stem or not fits(arrays):
            self.anew(f"{path} holds something else than its name says.")
            return None
        return arrays

    def anew(self, why: str) -> None:
        """Tells that what a file holds is computed again, and why."""
        self._warn(f"{why} What it held is computed again.")

    def write(self, kind: str, decided_by: object, arrays: Mapping[str, np.ndarray]) -> None:
        """Caches arrays, if the disk allows it."""
        path = self._entry_path(kind, decided_by)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_state(path, arrays, {MADE_FROM: path.stem})
        except (OSError, RunError):  # a read-only or full disk: they are computed again next time
            pass

    def _entry_path(self, kind: str, decided_by: object) -> Path:
        name = hashlib.sha256(repr(decided_by).encode()).hexdigest()[:32]
        return self.folder / kind / f"{name}.h5"
