"""Ctrl-C and SIGTERM: a first signal lets the current step finish; a second ends the process."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Whether the user asked to stop.

    Attributes:
        asked: whether a signal came.
        name: of the signal, such as SIGINT.
    """

    def __init__(self) -> None:
        self.asked = False
        self.name = ""

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Within the block, a first signal is only noted; a second one ends the process."""
        if threading.current_thread() is not threading.main_thread():
            yield  # only the main thread may handle signals
            return
        before = {number: signal.signal(number, self._note) for number in SIGNALS}
        hook = sys.unraisablehook
        sys.unraisablehook = lambda found: None if _comes_with_another(found) else hook(found)
        try:
            yield
        finally:
            sys.unraisablehook = hook
            for number, handler in before.items():
                signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        del frame
        self.asked = True
        self.name = signal.Signals(number).name
        for each in SIGNALS:  # the default ends the process even inside compiled code
            signal.signal(each, signal.SIG_DFL)


def _comes_with_another(found: sys.UnraisableHookArgs) -> bool:
    """Whether Python tells of a signal that came together with the first one, before `_note`."""
    return isinstance(found.exc_value, OSError) and "due to race condition" in str(found.exc_value)
