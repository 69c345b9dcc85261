"""Arrays that can be made again, kept between evaluations under a hash of what decided them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from vaereg.errors import RunError, VaeregError
from vaereg.runs.state_file import read_state, write_state


class Cache:
    """A folder of arrays; one that cannot be read or written costs time and nothing else.

    Args:
        folder: where they are kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(
        self,
        kind: str,
        decided_by: object,
        make: Callable[[], Mapping[str, np.ndarray]],
        use: Callable[[dict[str, np.ndarray]], None] = lambda arrays: None,
    ) -> dict[str, np.ndarray]:
        """The arrays that were kept, else those that `make` gives, which are then kept.

        Args:
            kind: the subfolder, such as "features".
            decided_by: all that the arrays depend on; its repr is hashed.
            make: makes them anew.
            use: called with the arrays; where it refuses those that were kept, with a VaeregError,
                as one refuses a state that another version wrote, they are made anew.
        """
        name = hashlib.sha256(repr(decided_by).encode()).hexdigest()[:32]
        path = self.folder / kind / f"{name}.h5"
        if path.exists():
            try:
                kept = read_state(path)[0]
                use(kept)
                return kept
            except VaeregError:  # damaged or of another form; it is made anew and written over
                pass
        made = dict(make())
        use(made)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_state(path, made)
        except (OSError, RunError):  # a read-only or full disk: it is made again next time
            pass
        return made
