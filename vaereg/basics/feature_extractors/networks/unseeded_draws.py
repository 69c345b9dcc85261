"""Isolates Keras's draws that have no seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unseeded_draws(seed: int = 0) -> Iterator[None]:
    """A context in which Keras's unseeded initializers draw from `seed`.

    Python's random state is restored afterwards, so an extractor that is built while a model is
    being built or trained does not change that model.
    """
    kept = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(kept)
