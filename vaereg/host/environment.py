"""The environment variables with which backends compute other results."""

from __future__ import annotations

import os

NAMES = (
    *("KERAS_TORCH_DEVICE", "XLA_FLAGS", "NVIDIA_TF32_OVERRIDE", "CUBLAS_WORKSPACE_CONFIG"),
    *("TF_XLA_FLAGS", "TF_ENABLE_ONEDNN_OPTS", "TF_CUDNN_DETERMINISTIC", "TF_DETERMINISTIC_OPS"),
    *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "TF_CUDNN_USE_AUTOTUNE"),
    *("TF_CUDNN_USE_FRONTEND", "TF_DISABLE_MKL", "TF_ENABLE_WINOGRAD_NONFUSED"),
    *("JAX_PLATFORMS", "JAX_DEFAULT_MATMUL_PRECISION", "JAX_DEFAULT_PRNG_IMPL"),
    *("JAX_THREEFRY_PARTITIONABLE", "JAX_RANDOM_SEED_OFFSET", "JAX_NUMPY_DTYPE_PROMOTION"),
    *("JAX_DISABLE_JIT", "JAX_ENABLE_CUSTOM_PRNG", "JAX_CPU_ENABLE_FAST_MATH"),
    *("TORCH_ALLOW_TF32_CUBLAS_OVERRIDE", "ATEN_CPU_CAPABILITY", "TORCH_BLAS_PREFER_CUBLASLT"),
    *("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA", "ONEDNN_DEFAULT_FPMATH_MODE"),
    *("MKL_CBWR", "MKL_ENABLE_INSTRUCTIONS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"),
    *("OPENBLAS_NUM_THREADS", "OPENBLAS_CORETYPE"),
)
"""Variables that change how a backend rounds, in which order it adds, or what it draws."""

UNWANTED = ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH", "KERAS_NNX_ENABLED")
"""Variables that make Keras train fewer steps than declared, or other classes of variables."""


def affecting_results() -> dict[str, str]:
    """The variables on which results depend, with their values, if they are set."""
    return {name: os.environ[name] for name in sorted(NAMES) if os.environ.get(name)}


def remove_unwanted() -> list[str]:
    """Removes the unwanted variables before keras is imported; returns a sentence for each."""
    told = []
    for name in UNWANTED:
        value = os.environ.pop(name, "")
        if value.lower() not in ("", "0", "false"):
            told.append(
                f"{name}={value} is set; vaereg trains without it, since runs would not be "
                "trained as declared."
            )
    os.environ["KERAS_NNX_ENABLED"] = "false"  # keras.json may set it too
    return told
