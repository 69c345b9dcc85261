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

    open_standard_streams()
    if "--json" in sys.argv:
        keep_stdout_for_the_result()
    code = main()
    run_exit_functions()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # main has reported an output that cannot be written
            stream.flush()
    os._exit(code)  # does not wait for threads that a plugin left behind


def run_exit_functions() -> None:
    """Runs what libraries and plugins registered for the end of the process.

    What they print goes to stderr, since the result is complete; what fails is one line.
    """

    def tell(failed: sys.UnraisableHookArgs) -> None:
        from vaereg.wording import escaped, first_lines

        fault = failed.exc_value
        text = first_lines(fault) if fault is not None else ""
        kind = getattr(failed.exc_type, "__name__", "an exception")
        sys.stderr.write(escaped(f"warning: a library failed at the end: {kind}: {text}\n"))

    with suppress(OSError, ValueError):
        sys.stdout.flush()
    sys.stdout, sys.unraisablehook = sys.stderr, tell
    atexit._run_exitfuncs()


def open_standard_streams() -> None:
    """Opens those of stdin, stdout and stderr that are closed, so that no file gets their place.

    What a service or `>&-` closes is written to nowhere.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free descriptor
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  # until the end
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  # likewise


def keep_stdout_for_the_result() -> None:
    """Sends to stderr what libraries and plugins print on stdout, also below Python.

    `sys.stdout` itself is written to the old stdout.
    """
    try:
        own = os.dup(1)
        os.dup2(2, 1)
    except OSError:
        return
    sys.stdout = os.fdopen(own, "w", encoding=sys.stdout.encoding, errors="replace")
