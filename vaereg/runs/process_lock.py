"""The process lock: one training process per run; the system releases it when the process ends."""

from __future__ import annotations

import errno
import os
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
        file = run.process_lock.open("a+", encoding="utf-8", errors="replace")
    except OSError as error:
        lock = run.process_lock
        stands = lock.is_symlink() or (lock.exists() and not lock.is_file())
        advice = "Move it away." if stands else "Training needs a run folder that it can write to."
        raise RunError(f"cannot write {lock}: {error.strerror or error}.\n{advice}") from error
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
    """Whether a process is training the run right now; also of a run that cannot be written."""
    try:
        if not run.process_lock.is_file():  # opening a pipe would wait for a writer
            return False
        with run.process_lock.open(encoding="utf-8") as file:
            return _is_locked(file)
    except OSError:
        return False


def _lock_soon(file: IO[str]) -> bool:
    """Takes the lock if it is free, or held only for the moment in which somebody asks for it."""
    for wait in WAITS:
        if _lock(file):
            return True
        time.sleep(wait)
    return _lock(file)


def _lock(file: IO[str]) -> bool:
    """Takes the lock if it is free; closing the file, or the end of the process, releases it."""
    try:
        if sys.platform == "linux":
            import fcntl

            fcntl.fcntl(file, fcntl.F_OFD_SETLK, _exclusive(fcntl.F_WRLCK))
        elif sys.platform == "win32":
            import msvcrt

            file.seek(0x7FFF0000)  # beyond the content, which others can still read
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # a file system without locks: training unlocked is better than not at all
        return error.errno not in (errno.EAGAIN, errno.EACCES)
    return True


def _is_locked(file: IO[str]) -> bool:
    """Whether another process holds the lock.

    Linux can tell without taking the lock. Elsewhere it is taken for a moment, by several who ask
    at once where the system allows that; who starts a training then waits for that moment to pass.
    """
    if sys.platform == "linux":
        import fcntl

        found = fcntl.fcntl(file, fcntl.F_OFD_GETLK, _exclusive(fcntl.F_WRLCK))
        kind: int = struct.unpack(_FLOCK, found)[0]
        return kind != fcntl.F_UNLCK
    if sys.platform == "win32":
        return not _lock(file)
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


_FLOCK = "hhqqi4x"
"""`struct flock` of 64-bit Linux: type, whence, start, length and process."""


def _exclusive(kind: int) -> bytes:
    """A lock on the whole file."""
    return struct.pack(_FLOCK, kind, os.SEEK_SET, 0, 0, 0)
