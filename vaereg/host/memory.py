"""Memory: the peak of this process, on the host and on the accelerator, and the free memory."""

from __future__ import annotations

import sys
from pathlib import Path

MEMORY_INFO = Path("/proc/meminfo")
"""The file in which Linux reports free memory."""


def peak_memory() -> int | None:
    """The peak main memory of the process so far, in bytes; None if it is not known.

    Files that are mapped into memory count as far as they have been read.
    """
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)


def peak_device_memory() -> int | None:
    """The peak memory so far on the first accelerator, in bytes; None without an accelerator."""
    import keras

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        if not tf.config.list_physical_devices("GPU"):
            return None
        return int(tf.config.experimental.get_memory_info("GPU:0")["peak"])
    if backend == "jax":
        import jax

        stats: dict[str, int] = jax.devices()[0].memory_stats() or {}
        return stats.get("peak_bytes_in_use")
    import torch

    return int(torch.cuda.max_memory_allocated()) if torch.cuda.is_available() else None


def free_memory() -> int | None:
    """The main memory available without swapping, in bytes; None if it is not known."""
    try:
        lines = MEMORY_INFO.read_text(encoding="ascii").splitlines()
        (available,) = (line for line in lines if line.startswith("MemAvailable:"))
        return 1024 * int(available.split()[1])
    except (OSError, ValueError, IndexError):  # another system, or another format
        return None


OUT_OF_MEMORY = {"ResourceExhaustedError", "OutOfMemoryError", "MemoryError"}
"""The names of the backends' exceptions for exhausted memory."""

SAYS_OUT_OF_MEMORY = ("RESOURCE_EXHAUSTED", "DefaultCPUAllocator: can't allocate memory")
"""What JAX and PyTorch say in exceptions of other names."""


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception, which may be a backend's, means that memory is exhausted."""
    text = str(error)
    return type(error).__name__ in OUT_OF_MEMORY or any(each in text for each in SAYS_OUT_OF_MEMORY)


def size(count: float) -> str:
    """Bytes in words, such as `812 MB`."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit in ("bytes", "kB", "MB") else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
