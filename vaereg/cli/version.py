"""`vaereg --version`: the installed versions, from metadata alone."""

from __future__ import annotations

import platform
import sys

import vaereg
from vaereg.cli.exit_code import ExitCode
from vaereg.cli.output import print_json
from vaereg.discovery.entry_points import version_of
from vaereg.wording import escaped

BACKENDS = {
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-intel", "tensorflow-macos"),
    "jax": ("jax",),
    "torch": ("torch",),
}


def print_version(*, as_json: bool) -> int:
    """Prints the versions of vaereg, Python, Keras and its backends."""
    versions = {"vaereg": vaereg.__version__, "python": platform.python_version()}
    versions["keras"] = version_of("keras")
    versions |= {name: version_of(*names) for name, names in BACKENDS.items()}
    if as_json:
        print_json({"versions": {name: version or None for name, version in versions.items()}})
        return int(ExitCode.DONE)
    for name, version in versions.items():
        sys.stdout.write(escaped(f"{name} {version or '(not installed)'}\n"))
    return int(ExitCode.DONE)
