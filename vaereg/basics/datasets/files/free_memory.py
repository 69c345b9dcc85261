"""How much memory is free, so that a file that declares more is refused before it is read."""

from __future__ import annotations

import os

import vaereg


def require_memory(needed: int, what: str, instead: str) -> None:
    """Raises DataError if `needed` bytes are not free.

    Args:
        needed: how many bytes.
        what: the file and array that need them.
        instead: what the user can do.
    """
    try:
        free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # not on this platform
        return
    if needed > free:
        raise vaereg.DataError(
            f"{what} needs {needed / 2**30:.1f} GiB of memory, and {free / 2**30:.1f} GiB are "
            f"free. {instead}"
        )
