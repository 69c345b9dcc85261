"""Random states that a training may draw from, kept as they are."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


@contextmanager
def undisturbed(seed: int) -> Iterator[None]:
    """Within, Python's and numpy's own generators start from a seed; afterwards they go on.

    Keras draws the seeds of unseeded layers from Python's. So whatever a metric or an extractor
    draws, the training beside it stays the same, and equal models get equal scores.
    """
    python, numpy = random.getstate(), np.random.get_state()
    random.seed(seed)
    np.random.seed(seed)
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
