"""How many threads a measured process may use, and on which processors."""

from __future__ import annotations

import os
from collections.abc import Mapping


def environment(threads: int | None, backend: str) -> dict[str, str]:
    """The environment of a measured process: it must stand before the libraries are imported.

    A thread that waits by spinning uses processor time, so figures of different numbers of
    threads cannot be compared.

    Args:
        threads: as many as it may use, on the processor; None leaves the threads to the
            libraries and lets them see accelerators.
        backend: of Keras.
    """
    if threads is None:
        return {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    count = str(threads)
    found = {
        **os.environ,
        "KERAS_BACKEND": backend,
        "OMP_NUM_THREADS": count,
        "OPENBLAS_NUM_THREADS": count,
        "MKL_NUM_THREADS": count,
        "TF_NUM_INTRAOP_THREADS": count,
        "TF_NUM_INTEROP_THREADS": count,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "JAX_PLATFORMS": "cpu",
    }
    if threads == 1:
        found["XLA_FLAGS"] = (
            found.get("XLA_FLAGS", "")
            + " --xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        ).strip()
    return found


def pin(threads: int) -> list[int]:
    """Keeps this process and its threads on the first `threads` processors that it may use."""
    if not hasattr(os, "sched_setaffinity"):
        return []
    chosen = sorted(os.sched_getaffinity(0))[:threads]
    os.sched_setaffinity(0, chosen)
    return chosen


def settings(environ: Mapping[str, str]) -> dict[str, str]:
    """What `environment` sets about threads, to be told with the figures."""
    return {key: environ[key] for key in ("OMP_NUM_THREADS", "XLA_FLAGS") if key in environ}
