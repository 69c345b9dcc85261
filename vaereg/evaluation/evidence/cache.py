"""Arrays that can be computed again, kept between evaluations by a hash of their inputs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from vaereg.errors import RunError
from vaereg.runs.state_file import read_state, write_state


class Cache:
    """A folder of arrays; if it cannot be read or written, the arrays are computed again.

    In every method, `kind` is the subfolder, such as "features", and `decided_by` is everything
    that the arrays depend on; its repr is hashed.

    Args:
        folder: the folder that keeps the arrays.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(
        self, kind: str, decided_by: object, make: Callable[[], Mapping[str, np.ndarray]]
    ) -> dict[str, np.ndarray]:
        """The cached arrays; if there are none, the arrays from `make`, which are then cached."""
        kept = self.read(kind, decided_by)
        if kept is not None:
            return kept
        made = dict(make())
        self.write(kind, decided_by, made)
        return made

    def read(self, kind: str, decided_by: object) -> dict[str, np.ndarray] | None:
        """The cached arrays; None if there are none, or their file is damaged."""
        path = self._entry_path(kind, decided_by)
        if not path.exists():
            return None
        try:
            return read_state(path)[0]
        except RunError:  # damaged, or of another form; it is computed again and overwritten
            return None

    def write(self, kind: str, decided_by: object, arrays: Mapping[str, np.ndarray]) -> None:
        """Caches arrays, if the disk allows it."""
        path = self._entry_path(kind, decided_by)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_state(path, arrays)
        except (OSError, RunError):  # a read-only or full disk: they are computed again next time
            pass

    def _entry_path(self, kind: str, decided_by: object) -> Path:
        name = hashlib.sha256(repr(decided_by).encode()).hexdigest()[:32]
        return self.folder / kind / f"{name}.h5"
