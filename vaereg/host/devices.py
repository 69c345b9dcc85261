"""The Keras backend, chosen before keras is imported, and the devices it computes on."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import attrs

from vaereg.errors import BackendError, UsageError
from vaereg.wording import did_you_mean

BACKENDS = ("tensorflow", "jax", "torch")
"""The backends that can train, in the order in which `auto` asks them."""

ACCELERATORS = ("/dev/nvidia0", "/dev/nvidiactl", "/dev/kfd", "/dev/accel0", "/dev/dxg")
"""Device files of NVIDIA, AMD, TPU and WSL; where none exists, no backend sees an accelerator."""

PROBES = {
    "tensorflow": "import tensorflow as tf; print(len(tf.config.list_physical_devices('GPU')))",
    "jax": "import jax; print(sum(d.platform != 'cpu' for d in jax.devices()))",
    "torch": "import torch; print(torch.cuda.device_count())",
}
PROBE_SECONDS = 120


@attrs.frozen
class Choice:
    """A backend and why it was chosen."""

    backend: str
    reason: str


def choose_backend(name: str | None = None, say: Callable[[str], None] = lambda _: None) -> Choice:
    """Chooses the Keras backend and tells Keras, which reads it when it is imported.

    Args:
        name: "tensorflow", "jax", "torch", "auto", or None for KERAS_BACKEND and else "auto".
            "auto" takes the first installed backend that sees an accelerator, else TensorFlow,
            else whichever is installed.
        say: gets a line before something that takes long.

    Raises:
        UsageError: for another name.
        BackendError: if the backend is not installed, or keras was imported with another.
    """

    def sees(backend: str) -> bool:
        say(f"asking {backend} for an accelerator")
        return _sees_accelerator(backend)

    choice = decide_backend(name, sees)
    _tell_keras(choice.backend)
    return choice


def decide_backend(name: str | None, sees: Callable[[str], bool]) -> Choice:
    """The choice that `choose_backend` makes, without telling Keras.

    Args:
        name: see `choose_backend`.
        sees: whether a backend sees an accelerator; asked only where one may be.

    Raises:
        UsageError, BackendError: see `choose_backend`.
    """
    reason = "as asked"
    if name is None and os.environ.get("KERAS_BACKEND"):
        name, reason = os.environ["KERAS_BACKEND"], "by KERAS_BACKEND"
    if name in (None, "auto"):
        choice = _automatic(sees)
    elif name not in BACKENDS:
        hint = did_you_mean(str(name), BACKENDS) or f"one of auto, {', '.join(BACKENDS)}"
        raise UsageError(f"no Keras backend is named `{name}` here; {hint}")
    else:
        choice = Choice(str(name), reason)
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


def _automatic(sees: Callable[[str], bool]) -> Choice:
    installed = installed_backends()
    if not installed:
        raise BackendError(
            "no Keras backend is installed: TensorFlow, JAX or PyTorch.\n  pip install vaereg"
        )
    if any(Path(file).exists() for file in ACCELERATORS):
        for name in installed:
            if sees(name):
                return Choice(name, "it sees an accelerator")
    return Choice(installed[0], "no backend sees an accelerator")


def _sees_accelerator(backend: str) -> bool:
    """Asks in a process of its own, since a backend that was imported keeps its memory."""
    try:
        answer = subprocess.run(
            [sys.executable, "-c", PROBES[backend]],
            capture_output=True,
            text=True,
            timeout=PROBE_SECONDS,
            check=True,
        )
        return int(answer.stdout.split()[-1]) > 0
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return False


def _tell_keras(backend: str) -> None:
    if "keras" in sys.modules:
        import keras

        if keras.backend.backend() != backend:
            raise BackendError(
                f"keras was imported with the backend {keras.backend.backend()!r} already; set "
                f"KERAS_BACKEND={backend} before Python starts."
            )
    os.environ["KERAS_BACKEND"] = backend
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Equal runs on accelerators too: their fastest kernels add in no fixed order.
    os.environ.setdefault("TF_CUDNN_DETERMINISTIC", "1")
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    # PyTorch's threads spin while they wait, which on a shared machine starves those with work to
    # do (four times slower on two cores); without any spinning they wake too late (a fifth slower).
    os.environ.setdefault("GOMP_SPINCOUNT", "2000")
    if any(Path(file).exists() for file in ACCELERATORS[:2]):
        flags = os.environ.get("XLA_FLAGS", "")
        if "deterministic_ops" not in flags:
            os.environ["XLA_FLAGS"] = f"{flags} --xla_gpu_deterministic_ops=true".strip()


def devices() -> tuple[str, ...]:
    """What the backend in use computes on, in words; imports keras."""
    import keras

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        found = tf.config.list_physical_devices("GPU")
        names = [tf.config.experimental.get_device_details(d).get("device_name") for d in found]
        return tuple(f"GPU {name or device.name}" for name, device in zip(names, found)) or _cpu()  # noqa: B905  # of one length
    if backend == "jax":
        import jax

        found = [d for d in jax.devices() if d.platform != "cpu"]
        return tuple(f"{d.platform.upper()} {d.device_kind}" for d in found) or _cpu()
    import torch

    count = torch.cuda.device_count()
    if count:
        torch.use_deterministic_algorithms(True, warn_only=True)
    return tuple(f"GPU {torch.cuda.get_device_name(i)}" for i in range(count)) or _cpu()


def _cpu() -> tuple[str, ...]:
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (f"CPU ({count} cores)",)
