"""Where a workflow sends warnings and progress; results are returned."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from functools import cached_property
from typing import TYPE_CHECKING

from vaereg.wording import escaped

if TYPE_CHECKING:
    from vaereg.host.progress import Progress


class Tell:
    """Sends the warnings and the progress of a workflow to stderr.

    Args:
        quiet: print nothing.
        tracebacks: add the traceback to a warning about a broken plugin.
        told: what the process that started this one has told already: "declaration", "data",
            "model".
        warn: prints one warning; None for a plain line on stderr.
    """

    def __init__(
        self,
        *,
        quiet: bool = False,
        tracebacks: bool = False,
        told: Collection[str] = (),
        warn: Callable[[str], None] | None = None,
    ) -> None:
        self.quiet = quiet
        self.tracebacks = tracebacks
        self.told = frozenset(told)
        self._warn = warn

    @cached_property
    def progress(self) -> Progress:
        """Shows progress."""
        from vaereg.host.progress import Progress

        return Progress(quiet=self.quiet, told=self.told)

    def say(self, text: str) -> None:
        """Prints a line of progress that stays."""
        self.progress.say(text)

    def warn(self, text: str) -> None:
        """Prints a warning."""
        if self.quiet:
            return
        if self._warn is not None:
            self._warn(text)
        else:
            sys.stderr.write(f"warning: {escaped(text)}\n")

    def warn_of_declaration(self, text: str) -> None:
        """Prints a warning about the registry or its plugins, unless it was told before."""
        if "declaration" not in self.told:
            self.warn(text)
