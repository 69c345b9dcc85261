"""Suppresses what compiled libraries print to stderr."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def suppressing_stderr() -> Iterator[None]:
    """Holds back everything written to stderr's descriptor in this context; an error prints it.

    TensorFlow prints a greeting on import, whatever TF_CPP_MIN_LOG_LEVEL says.
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
