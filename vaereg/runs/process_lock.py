"""The process lock: one training process per run; the system releases it when the process ends."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

from vaereg.errors import RunError
from vaereg.runs.layout import RunFolder

WAITS = (0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.05, 0.05, 0.05, 0.05)
"""Seconds between the attempts to take the lock."""


@contextmanager
def holding(run: RunFolder) -> Iterator[None]:
    """Holds the process lock of a run within the block.

    Raises:
        RunError: if another process holds it, or the folder cannot be written.
    """
    try:
        file = run.process_lock.open("a+", encoding="utf-8")
    except OSError as error:
        raise RunError(f"cannot write in {run}: {error.strerror}") from error
    with file:
        if not _lock_soon(file):
            file.seek(0)
            holder = file.read().strip()
            raise RunError(
                f"{run} is being trained by process {holder or 'unknown'}; wait for it, or stop it "
                "with Ctrl-C."
            )
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def is_held(run: RunFolder) -> bool:
    """Whether a process is training the run right now."""
    try:
        with run.process_lock.open("r+", encoding="utf-8") as file:
            return not _lock(file, shared=True)  # so that two who ask do not see each other
    except OSError:
        return False


def _lock_soon(file: IO[str]) -> bool:
    """Takes the lock if it is free, or held only for the moment in which somebody asks for it."""
    for wait in WAITS:
        if _lock(file):
            return True
        time.sleep(wait)
    return _lock(file)


def _lock(file: IO[str], *, shared: bool = False) -> bool:
    """Takes the lock if it is free; closing the file, or the end of the process, releases it."""
    try:
        import fcntl
    except ImportError:
        import msvcrt

        with suppress(OSError):
            file.seek(0x7FFF0000)  # beyond the content, which others can still read
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # Windows
            return True
        return False
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # the file system has no locks; training unlocked is better than not at all
        return True
    return True
