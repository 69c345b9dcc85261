"""The version and devices of each installed backend, queried in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

import attrs

from vaereg.errors import VaeregError
from vaereg.host.child_python import child_python
from vaereg.host.devices import BackendChoice, decide_backend

SECONDS = 120.0
"""How long a backend may take to answer."""

PROGRAM = """
import json, sys
from importlib import import_module
name = sys.argv[1]
import keras
from vaereg.host.devices import devices
found = devices()
print(json.dumps({"version": import_module(name).__version__, "devices": found}))
"""


@attrs.frozen(kw_only=True)
class BackendState:
    """One backend.

    Args:
        name: "tensorflow", "jax" or "torch".
        version: the version that the module reports, else that of its metadata.
        devices: the devices that it computes on, in words; None if they were not queried.
        problem: why Keras cannot be imported with it, or an empty string.
        seconds: how long the query took; every training waits as long for the same import.
    """

    name: str
    version: str
    devices: tuple[str, ...] | None = None
    problem: str = ""
    seconds: float | None = None

    @property
    def accelerated(self) -> bool:
        """Whether it has a device other than a CPU."""
        return any(not each.startswith("CPU") for each in self.devices or ())


@attrs.frozen(kw_only=True)
class Decision:
    """Which backend a training would use; `problem` says why it could use none."""

    backend: str = ""
    reason: str = ""
    problem: str = ""


def ask_backends(
    versions: Sequence[tuple[str, str]], say: Callable[[str], None], program: str = PROGRAM
) -> tuple[BackendState, ...]:
    """Imports Keras with every backend, each in a child process; all of them run at once.

    Args:
        versions: the installed backends, each with the version in its metadata.
        say: receives a line before the wait.
        program: the program that each child runs; tests replace it.
    """
    if versions:
        say(f"listing the devices of {', '.join(name for name, _ in versions)}")
    started = time.monotonic()
    children = [(name, version, _start_child(name, program)) for name, version in versions]
    return tuple(_read_answer(*child, started=started) for child in children)


def _start_child(name: str, program: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "KERAS_BACKEND": name, "TF_CPP_MIN_LOG_LEVEL": "3"}
    path = f"import sys; sys.path[:] = {sys.path!r}\n"
    return subprocess.Popen(
        [*child_python(), "-c", path + program, name],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )


def _read_answer(
    name: str, version: str, child: subprocess.Popen[str], *, started: float
) -> BackendState:
    left = started + SECONDS - time.monotonic()
    try:
        said, complained = child.communicate(timeout=max(left, 0.1))
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        return BackendState(name=name, version=version, problem=f"no answer after {SECONDS:.0f} s")
    took = round(time.monotonic() - started, 1)
    try:
        answer = json.loads(said.strip().splitlines()[-1])
        if child.returncode == 0:
            return BackendState(
                name=name,
                version=answer["version"],
                devices=tuple(answer["devices"]),
                seconds=took,
            )
    except (ValueError, KeyError, IndexError, TypeError):
        pass
    lines = complained.strip().splitlines()
    why = lines[-1].strip() if lines else f"its process ended with exit code {child.returncode}"
    return BackendState(name=name, version=version, problem=why, seconds=took)


class _NotAskedError(Exception):
    """The choice depends on devices that were not queried."""


def decided(name: str | None, backends: Sequence[BackendState]) -> Decision:
    """Which backend a training would use, given the devices of each.

    Args:
        name: the value of --backend; None for KERAS_BACKEND, or else an automatic choice.
        backends: the installed backends.
    """

    def sees(backend: str) -> bool:
        (found,) = (each for each in backends if each.name == backend)
        if found.devices is None and not found.problem:
            raise _NotAskedError
        return found.accelerated

    try:
        choice: BackendChoice = decide_backend(name, sees)
    except _NotAskedError:
        return Decision(
            reason="the first with an accelerator, which a quick check does not look for"
        )
    except VaeregError as fault:
        return Decision(problem=" ".join(str(fault).split()))
    return Decision(backend=choice.backend, reason=choice.reason)
