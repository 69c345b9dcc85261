"""Isolates the feature extractors of an evaluation from the precision of the training around it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


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
