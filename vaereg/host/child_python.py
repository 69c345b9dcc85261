"""The Python of a child process, which finds the modules that this process finds."""

from __future__ import annotations

import sys
from pathlib import Path


def child_python() -> tuple[str, ...]:
    """The first words of a command that runs Python with `-m` or `-c`.

    These options put the current folder before all modules, so that a file named random.py beside
    the data would be imported; with `-P` they do not. It is left out only where this process looks
    for modules in the current folder too.
    """
    has_current_folder = any(each in ("", str(Path.cwd())) for each in sys.path)
    return (sys.executable,) if has_current_folder else (sys.executable, "-P")
