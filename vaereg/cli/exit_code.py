"""What the exit code of `vaereg` means."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """One meaning each; `VaeregError.exit_code` gives the same numbers."""

    DONE = 0
    RUN_FAILED = 1
    USAGE = 2
    """The command line or registry.toml is wrong."""
    PLUGIN = 3
    """A plugin is missing, broken or incompatible."""
    LOCK = 4
    """What is installed differs from what the run was made with."""
    BUG = 5
    """A fault of vaereg itself."""
    INTERRUPTED = 130
    BROKEN_PIPE = 141
    """Whoever read our output went away, as in `vaereg components | head -1`."""
