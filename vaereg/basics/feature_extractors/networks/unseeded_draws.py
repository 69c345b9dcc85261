"""Isolates Keras's draws that have no seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unseeded_draws(seed: int = 0) -> Iterator[None]:
    """Within, Keras's unseeded initializers draw from `seed`; Python's state is put back after.

    So an extractor made while a model is built or trained changes nothing of it.
    """
    kept = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(kept)
