"""Keras's dtype policy set to float32 for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def full_precision() -> Iterator[None]:
    """Within, layers that are made compute in float32, whatever [train] says of the model's."""
    import keras  # its backend is chosen after this module is imported

    kept = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(kept)
