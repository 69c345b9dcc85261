"""Silence for what compiled libraries print on their own."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def muffled() -> Iterator[None]:
    """Within, what is written to stderr's descriptor is kept back; if it fails, it is shown.

    TensorFlow greets on import whatever TF_CPP_MIN_LOG_LEVEL says.
    """
    try:
        descriptor = sys.stderr.fileno()
        sys.stderr.flush()
        kept = os.dup(descriptor)
    except (OSError, ValueError, AttributeError):
        yield
        return
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), descriptor)
        failed = True
        try:
            yield
            failed = False
        finally:
            sys.stderr.flush()
            os.dup2(kept, descriptor)
            os.close(kept)
            if failed:
                file.seek(0)
                os.write(descriptor, file.read())
