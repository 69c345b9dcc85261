"""The program `vaereg`: one process for one command.

Reading commands take little more than the time in which Python imports their modules. Garbage
collections over those modules, and freeing the modules one by one at the end, would add a fifth.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from contextlib import suppress
from typing import NoReturn

QUICK = frozenset({"check", "components", "describe", "init", "plugins", "schema"})
"""Commands that never import keras and end within a moment."""


def run() -> NoReturn:
    """Runs the command of this process's arguments and ends the process with its exit code."""
    first = sys.argv[1] if len(sys.argv) > 1 else ""
    if first in QUICK or not first or first.startswith("-"):
        gc.disable()
    from vaereg.cli.main import main  # imports modules, so garbage collection is off before

    code = main()
    if gc.isenabled():
        sys.exit(code)
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # main has reported an output that cannot be written
            stream.flush()
    os._exit(code)
