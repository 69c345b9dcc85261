"""What the user sees while a run is made: on stderr, never silent for long."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections.abc import Mapping
from typing import TextIO

SHOWN = 0.1
"""Seconds between two updates of the line on a terminal."""

HEARTBEAT = 30.0
"""Seconds without a line after which a stream that is no terminal gets one."""


class Progress:
    """Stages, steps and epochs as text.

    Args:
        quiet: say nothing.
        stream: where to; stderr by default.
    """

    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        self.stream = _own_stderr() if stream is None else stream
        self.quiet = quiet
        self.live = not quiet and self.stream.isatty() and os.environ.get("TERM") != "dumb"
        encoding = (getattr(self.stream, "encoding", None) or "ascii").lower()
        self.full, self.empty = ("█", "░") if encoding.startswith("utf") else ("#", ".")
        self._lock = threading.Lock()
        self._ticker: _Ticker | None = None
        self._shown = 0.0
        self._said = time.monotonic()
        self._part = ""
        self._part_began = 0.0
        self.spent: dict[str, float] = {}
        """Seconds that the stages of each part took, by its name."""

    def say(self, text: str) -> None:
        """A line that stays."""
        self.end_stage()
        self._line(text)

    def stage(self, text: str, part: str = "") -> None:
        """What is being done now, with the seconds it takes on a terminal.

        Args:
            text: is shown.
            part: of what it is part, to be told in `spent`; empty for nothing.
        """
        self.end_stage()
        self._part, self._part_began = part, time.monotonic()
        if self.quiet:
            return
        if self.live:
            self._ticker = _Ticker(self, text)
        else:
            self._line(f"{text} …")

    def end_stage(self) -> None:
        """Takes the stage's line away."""
        if self._part:
            took = time.monotonic() - self._part_began
            self.spent[self._part] = self.spent.get(self._part, 0.0) + took
            self._part = ""
        if self._ticker is not None:
            self._ticker.stop()
            self._ticker = None
        if self.live:
            self.replace("")

    def step_is_due(self) -> bool:
        """Whether to show a step now: showing one waits for the device."""
        if self.quiet:
            return False
        if self.live:
            return time.monotonic() - self._shown >= SHOWN
        return time.monotonic() - self._said >= HEARTBEAT

    def step(
        self,
        *,
        epoch: int,
        epochs: int,
        step: int,
        steps: int,
        rate: float,
        left: float,
        terms: Mapping[str, float],
    ) -> None:
        """One step of an epoch (both counted from 1)."""
        self._shown = time.monotonic()
        if self._ticker is not None:
            self.end_stage()
        told = [f"{step}/{steps}", _terms(terms, ("loss",))]
        if rate:  # known after the second step
            told += [_rate(rate), f"{duration(left)} left"]
        if self.live:
            filled = round(12 * step / max(steps, 1))
            bar = self.full * filled + self.empty * (12 - filled)
            self.replace("  ".join([f"epoch {epoch}/{epochs} {bar}", *told]))
        else:
            self._line("  ".join([f"epoch {epoch}/{epochs}", *told]))

    def epoch(
        self,
        *,
        epoch: int,
        epochs: int,
        rate: float,
        seconds: float,
        left: float,
        terms: Mapping[str, float],
        note: str = "",
    ) -> None:
        """The line of a whole epoch, with every term."""
        width = len(str(epochs))
        told = [
            f"epoch {epoch:>{width}}/{epochs}",
            _terms(terms, tuple(terms)),
            f"{duration(seconds)}, {_rate(rate)}",
        ]
        if epoch < epochs:
            told.append(f"{duration(left)} left")
        if note:
            told.append(note)
        self.say("  ".join(told))

    def replace(self, text: str) -> None:
        """Puts text in place of the terminal's last line."""
        width = shutil.get_terminal_size().columns - 1
        with self._lock:
            self.stream.write(f"\r\033[K{text[:width]}")
            self.stream.flush()

    def _line(self, text: str) -> None:
        if self.quiet:
            return
        self._said = time.monotonic()
        with self._lock:
            self.stream.write(text + "\n")
            self.stream.flush()


def _own_stderr() -> TextIO:
    """stderr under a descriptor of its own, so that it speaks while imports are muffled."""
    try:
        descriptor = os.dup(sys.stderr.fileno())
    except (OSError, ValueError, AttributeError):  # replaced by something without a descriptor
        return sys.stderr
    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    return os.fdopen(descriptor, "w", encoding=encoding, errors="replace", buffering=1)


class _Ticker:
    """A thread that shows how long a stage takes."""

    def __init__(self, progress: Progress, text: str) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(progress, text), daemon=True)
        self._thread.start()

    def _run(self, progress: Progress, text: str) -> None:
        began = time.monotonic()
        while True:
            seconds = int(time.monotonic() - began)
            progress.replace(f"{text} …" + (f" {seconds} s" if seconds else ""))
            if self._stop.wait(0.5):
                return

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()


def duration(seconds: float) -> str:
    """Seconds in words, such as `6.1 s`, `2 min 5 s`, `3 h 20 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def number(value: float) -> str:
    """A term in five significant digits."""
    return f"{value:.5g}"


def _rate(rate: float) -> str:
    return f"{rate:.0f} images/s" if rate >= 10 else f"{rate:.1f} images/s"


def _terms(terms: Mapping[str, float], names: tuple[str, ...]) -> str:
    return "  ".join(f"{name} {number(terms[name])}" for name in names if name in terms)
