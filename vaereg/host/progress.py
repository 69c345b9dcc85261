"""Shows progress on stderr, so that a command is never silent for long."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections.abc import Collection, Mapping
from typing import TextIO

from vaereg.wording import escaped

UPDATE_SECONDS = 0.1
"""How often the line on a terminal is updated, at most."""

HEARTBEAT_SECONDS = 30.0
"""How long a stream that is not a terminal may go without a line."""


class Progress:
    """Shows stages, steps and epochs as text.

    Args:
        quiet: show nothing.
        stream: where to write; stderr by default.
        told: what another process has told the user already; see `remark`.
    """

    def __init__(
        self,
        *,
        quiet: bool = False,
        stream: TextIO | None = None,
        told: Collection[str] = (),
    ) -> None:
        self._told = frozenset(told)
        self._remarks: set[str] = set()
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
        self._stage = ""
        self.spent: dict[str, float] = {}
        """The seconds that the stages of each part took, by the name of the part."""

    def say(self, text: str) -> None:
        """Writes a permanent line."""
        self.end_stage()
        self._line(text)

    def remark(self, text: str, about: str) -> None:
        """Writes a permanent line once, unless remarks about this ("data", "model") were told
        before."""
        if about not in self._told and text not in self._remarks:
            self._remarks.add(text)
            self.say(text)

    def stage(self, text: str, part: str = "") -> None:
        """Shows the current stage; on a terminal, with the seconds that it has taken.

        Args:
            text: the name of the stage.
            part: counts the seconds under this name in `spent`; empty to count nothing.
        """
        self.end_stage()
        self._part, self._part_began = part, time.monotonic()
        self._stage = text
        if self.quiet:
            return
        if self.live:
            self._ticker = _Ticker(self, text)
        else:
            self._line(f"{text} …")

    def share(self, done: float) -> None:
        """Shows which share of the current stage is done, from 0 to 1."""
        if self._ticker is not None:
            self._ticker.share = done
        elif not self.quiet and time.monotonic() - self._said >= HEARTBEAT_SECONDS:
            self._line(f"{self._stage} … {done:.0%}")

    def end_stage(self) -> None:
        """Ends the stage, and removes its line from a terminal."""
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
        """Whether a step should be shown now; reading its terms waits for the device."""
        if self.quiet:
            return False
        if self.live:
            return time.monotonic() - self._shown >= UPDATE_SECONDS
        return time.monotonic() - self._said >= HEARTBEAT_SECONDS

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
        """Shows a step of an epoch, both counted from 1.

        Args:
            epoch, epochs: which epoch, and how many there are.
            step, steps: which step of the epoch, and how many steps it has.
            rate: examples per second; 0 if it is not known yet.
            left: seconds until the training ends.
            terms: the terms; only the loss is shown.
        """
        self._shown = time.monotonic()
        if self._ticker is not None:
            self.end_stage()
        words = [f"{step}/{steps}", _terms(terms, ("loss",))]
        if rate:  # known after the second chunk
            words += [_rate(rate), f"{duration(left)} left"]
        if self.live:
            filled = round(12 * step / max(steps, 1))
            bar = self.full * filled + self.empty * (12 - filled)
            self.replace("  ".join([f"epoch {epoch}/{epochs} {bar}", *words]))
        else:
            self._line("  ".join([f"epoch {epoch}/{epochs}", *words]))

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
        """Writes the line of a completed epoch, with every term.

        Args:
            epoch, epochs: which epoch, counted from 1, and how many there are.
            rate: examples per second.
            seconds: how long its steps and its validation took.
            left: seconds until the training ends.
            terms: name -> value.
            note: text at the end of the line.
        """
        width = len(str(epochs))
        words = [
            f"epoch {epoch:>{width}}/{epochs}",
            _terms(terms, tuple(terms)),
            f"{duration(seconds)}, {_rate(rate)}",
        ]
        if epoch < epochs:
            words.append(f"{duration(left)} left")
        if note:
            words.append(note)
        self.say("  ".join(words))

    def replace(self, text: str) -> None:
        """Replaces the last line of the terminal."""
        width = shutil.get_terminal_size().columns - 1
        with self._lock:
            self.stream.write(f"\r\033[K{escaped(text)[:width]}")
            self.stream.flush()

    def _line(self, text: str) -> None:
        if self.quiet:
            return
        self._said = time.monotonic()
        with self._lock:
            self.stream.write(escaped(text) + "\n")
            self.stream.flush()


def _own_stderr() -> TextIO:
    """stderr under another descriptor, which can be written to while stderr is suppressed."""
    try:
        descriptor = os.dup(sys.stderr.fileno())
    except (
        OSError,
        ValueError,
        AttributeError,
    ):  # without a descriptor
        return sys.stderr
    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    return os.fdopen(descriptor, "w", encoding=encoding, errors="replace", buffering=1)


class _Ticker:
    """A thread that shows how long a stage takes."""

    def __init__(self, progress: Progress, text: str) -> None:
        self._stop = threading.Event()
        self.share: float | None = None
        self._thread = threading.Thread(target=self._run, args=(progress, text), daemon=True)
        self._thread.start()

    def _run(self, progress: Progress, text: str) -> None:
        began = time.monotonic()
        while True:
            seconds = int(time.monotonic() - began)
            words = [f"{text} …"]
            if seconds:
                words += [] if self.share is None else [f"{self.share:.0%}"]
                words += [f"{seconds} s"]
            progress.replace(" ".join(words))
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


def rough_duration(seconds: float) -> str:
    """An estimate in words, without seconds that it does not know, such as `4 min 20 s`."""
    unit = 5 if seconds < 60 else 10 if seconds < 600 else 60
    words = duration(unit * max(1, round(seconds / unit)))
    return words.removesuffix(" 0 s").removesuffix(" 0 min")


def number(value: float) -> str:
    """A value with five significant digits."""
    return f"{value:.5g}"


def _rate(rate: float) -> str:
    return f"{rate:.0f} examples/s" if rate >= 10 else f"{rate:.1f} examples/s"


def _terms(terms: Mapping[str, float], names: tuple[str, ...]) -> str:
    return "  ".join(f"{name} {number(terms[name])}" for name in names if name in terms)
