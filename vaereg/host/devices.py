"""Chooses the Keras backend before keras is imported, and names the devices it computes on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import attrs

from vaereg.errors import BackendError, UsageError
from vaereg.host.child_python import child_python
from vaereg.wording import did_you_mean

BACKENDS = ("tensorflow", "jax", "torch")
"""The backends that can train, in the order in which "auto" tries them."""

ACCELERATORS = ("/dev/nvidia0", "/dev/nvidiactl", "/dev/kfd", "/dev/accel0", "/dev/dxg")
"""Device files of NVIDIA, AMD, TPU and WSL; if none exists, no backend has an accelerator."""

PROBES = {
    "tensorflow": "import tensorflow as tf; print(len(tf.config.list_physical_devices('GPU')))",
    "jax": "import jax; print(sum(d.platform != 'cpu' for d in jax.devices()))",
    "torch": "import torch; print(torch.cuda.device_count())",
}
PROBE_SECONDS = 120


@attrs.frozen
class BackendChoice:
    """A backend and the reason for its choice.

    Args:
        backend: "tensorflow", "jax" or "torch".
        reason: why it was chosen, in a few words.
    """

    backend: str
    reason: str


def choose_backend(
    name: str | None = None, say: Callable[[str], None] = lambda _: None
) -> BackendChoice:
    """Chooses the Keras backend and sets it in the environment, where keras reads it on import.

    Args:
        name: "tensorflow", "jax", "torch" or "auto"; None for KERAS_BACKEND if that is set,
            otherwise "auto". "auto" is the first installed backend with an accelerator, otherwise
            TensorFlow, otherwise whichever is installed.
        say: is called with a line of text before each slow step.

    Raises:
        UsageError: for another name.
        BackendError: if the backend is not installed, or keras was imported with another one.
    """

    def has_accelerator(backend: str) -> bool:
        say(f"looking for an accelerator with {backend}")
        return _has_accelerator(backend)

    choice = decide_backend(name, has_accelerator)
    _set_environment(choice.backend)
    return choice


def decide_backend(name: str | None, has_accelerator: Callable[[str], bool]) -> BackendChoice:
    """The choice that `choose_backend` makes, without setting it.

    Args:
        name: see `choose_backend`.
        has_accelerator: whether a backend has an accelerator; called only if there may be one.

    Raises:
        UsageError, BackendError: see `choose_backend`.
    """
    reason = "as requested"
    if name is None and os.environ.get("KERAS_BACKEND"):
        name, reason = os.environ["KERAS_BACKEND"], "set by KERAS_BACKEND"
    if name in (None, "auto"):
        choice = _automatic(has_accelerator)
    elif name not in BACKENDS:
        hint = did_you_mean(str(name), BACKENDS) or f"allowed are auto, {', '.join(BACKENDS)}"
        raise UsageError(f"there is no Keras backend `{name}`; {hint}")
    else:
        choice = BackendChoice(str(name), reason)
    if find_spec(choice.backend) is None:
        install = "vaereg" if choice.backend == "tensorflow" else f"vaereg[{choice.backend}]"
        raise BackendError(
            f"the Keras backend {choice.backend!r} is not installed; installed: "
            f"{', '.join(installed_backends()) or 'none'}.\n  pip install '{install}'"
        )
    return choice


def installed_backends() -> tuple[str, ...]:
    """The backends that can be imported, in the order of BACKENDS."""
    return tuple(name for name in BACKENDS if find_spec(name) is not None)


def _automatic(has_accelerator: Callable[[str], bool]) -> BackendChoice:
    installed = installed_backends()
    if not installed:
        raise BackendError(
            "no Keras backend is installed: TensorFlow, JAX or PyTorch.\n  pip install vaereg"
        )
    if any(Path(file).exists() for file in ACCELERATORS):
        for name in installed:
            if has_accelerator(name):
                return BackendChoice(name, "it has an accelerator")
    return BackendChoice(installed[0], "no backend has an accelerator")


def _has_accelerator(backend: str) -> bool:
    """Queries the backend in another process, since importing it here would keep its memory."""
    try:
        answer = subprocess.run(
            [*child_python(), "-c", PROBES[backend]],
            capture_output=True,
            text=True,
            timeout=PROBE_SECONDS,
            check=True,
        )
        return int(answer.stdout.split()[-1]) > 0
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return False


def _set_environment(backend: str) -> None:
    if "keras" in sys.modules:
        import keras

        if keras.backend.backend() != backend:
            raise BackendError(
                f"keras is already imported with the backend {keras.backend.backend()!r}. To use "
                f"{backend}, set KERAS_BACKEND={backend} before Python starts."
            )
    os.environ["KERAS_BACKEND"] = backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # For reproducible runs on accelerators, whose fastest kernels add in no fixed order.
    os.environ.setdefault("TF_CUDNN_DETERMINISTIC", "1")
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    # PyTorch's threads spin while they wait. On a shared machine that keeps cores from threads with
    # work to do (four times slower on two cores). Without any spinning they wake too late (a fifth
    # slower).
    os.environ.setdefault("GOMP_SPINCOUNT", "2000")
    if any(Path(file).exists() for file in ACCELERATORS[:2]):
        flags = os.environ.get("XLA_FLAGS", "")
        if "deterministic_ops" not in flags:
            os.environ["XLA_FLAGS"] = f"{flags} --xla_gpu_deterministic_ops=true".strip()


def devices() -> tuple[str, ...]:
    """The names of the devices that the active backend computes on; imports keras."""
    import keras

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        found = tf.config.list_physical_devices("GPU")
        names = [tf.config.experimental.get_device_details(d).get("device_name") for d in found]
        return tuple(f"GPU {name or device.name}" for name, device in zip(names, found)) or _cpu()  # noqa: B905  # equal lengths
    if backend == "jax":
        import jax

        found = [d for d in jax.devices() if d.platform != "cpu"]
        return tuple(f"{d.platform.upper()} {d.device_kind}" for d in found) or _cpu()
    import torch

    count = torch.cuda.device_count()
    if count:
        torch.use_deterministic_algorithms(True, warn_only=True)
    return tuple(f"GPU {torch.cuda.get_device_name(i)}" for i in range(count)) or _cpu()


def set_single_precision() -> list[str]:
    """Makes JAX compute in single precision, as the other backends do; says if it did not."""
    import keras

    if keras.backend.backend() != "jax":
        return []
    import jax

    config: Any = jax.config  # its methods have no types
    if not config.read("jax_enable_x64"):
        return []
    config.update("jax_enable_x64", False)
    return [
        "JAX was set to double precision (by JAX_ENABLE_X64 or this program); vaereg uses single "
        "precision, on which results depend."
    ]


def _cpu() -> tuple[str, ...]:
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (f"CPU ({count} cores)",)
