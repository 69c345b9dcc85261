"""The seed of each part: a part's initial weights depend only on its name and the run's seed."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager


def seed_of(run_seed: int, name: str) -> int:
    """The seed of the part `name` in a run: in [0, 2**31)."""
    digest = hashlib.sha256(f"{run_seed}/{name}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """A context in which Keras's unseeded initializers and dropouts use `seed`.

    Keras takes their seeds from Python's `random`, whose state is restored afterwards.
    """
    kept = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(kept)
