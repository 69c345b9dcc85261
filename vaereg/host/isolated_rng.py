"""Keeps the random states of a training as they are while something else draws."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


@contextmanager
def isolated_rng(seed: int) -> Iterator[None]:
    """Seeds Python's and numpy's global generators, and restores their states afterwards.

    Keras draws the seeds of unseeded layers from Python's generator. With this context, the draws
    of metrics, extractors and samplers do not change the training, and equal models get equal
    scores.
    """
    python, numpy = random.getstate(), np.random.get_state()
    random.seed(seed)
    np.random.seed(seed)
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
