"""The exit codes of `vaereg`."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Each code has one meaning; `VaeregError.exit_code` has the same numbers."""

    DONE = 0
    RUN_FAILED = 1
    USAGE = 2
    """The command line or registry.toml is wrong."""
    PLUGIN = 3
    """A plugin is missing, broken or incompatible."""
    LOCK = 4
    """The installed versions differ from the run's lock."""
    BUG = 5
    """A bug in vaereg itself."""
    INTERRUPTED = 130
    BROKEN_PIPE = 141
    """The reader of the output has closed the pipe, as in `vaereg components | head -1`."""
