"""How each backend says that memory is exhausted, in one error of ours."""

from __future__ import annotations

from vaereg.errors import RunError

NAMES = {"ResourceExhaustedError", "OutOfMemoryError", "MemoryError"}


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a backend's exception says that memory is exhausted."""
    return type(error).__name__ in NAMES or "RESOURCE_EXHAUSTED" in str(error)


def out_of_memory(batch_size: int) -> RunError:
    """The error to tell instead."""
    return RunError(
        f"memory is exhausted with a batch_size of {batch_size}.\n"
        'Lower batch_size, or set precision = "mixed_bfloat16" in [train].'
    )
