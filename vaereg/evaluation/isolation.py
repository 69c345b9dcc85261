"""Isolates an evaluation from the training around it: random states and precision."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


@contextmanager
def isolated_rng(seed: int) -> Iterator[None]:
    """Seeds Python's and numpy's global generators, and restores their states afterwards.

    Keras draws the seeds of unseeded layers from Python's generator. With this context, the draws
    of metrics and extractors do not change the training, and equal models get equal scores.
    """
    python, numpy = random.getstate(), np.random.get_state()
    random.seed(seed)
    np.random.seed(seed)
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)


@contextmanager
def full_precision() -> Iterator[None]:
    """Layers created in this context compute in float32, whatever precision [train] declares."""
    import keras  # its backend is chosen after this module is imported

    kept = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(kept)
