"""An output stream: its colour, its width and what its encoding can show."""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
from typing import TextIO

from vaereg.wording import escaped

_CODES = {"bold": "1", "dim": "2", "red": "1;31", "green": "32", "yellow": "33"}
_MARK = os.urandom(8).hex()
"""Marks the codes of `style`, so that no text from elsewhere can contain them."""

_OWN_CODE = re.compile(rf"(\033{_MARK}\[(?:0|{'|'.join(_CODES.values())})m)")


def wants_color(choice: str, stream: TextIO) -> bool:
    """Whether to colour: by --color, NO_COLOR, FORCE_COLOR, and whether it is a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "") not in {"", "0"}:
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


class Terminal:
    """One output stream.

    Args:
        stream: the stream.
        color: "auto", "always" or "never".
    """

    def __init__(self, stream: TextIO, color: str = "auto") -> None:
        self.stream = stream
        self.color = wants_color(color, stream)
        encoding = (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "")
        self.unicode = encoding.startswith("utf")
        # Unlimited if it is no terminal, so that a row stays one line for grep.
        known = stream.isatty() or os.environ.get("COLUMNS", "").isdigit()
        self.width = shutil.get_terminal_size().columns if known else 0

    def style(self, text: str, style: str) -> str:
        """The text in that style for `print`, if colour is on; control characters are escaped."""
        text = escaped(text)
        if not self.color or not style or not text:
            return text
        return f"\033{_MARK}[{_CODES[style]}m{text}\033{_MARK}[0m"

    def print(self, text: str = "") -> None:
        """Prints text and a line break.

        Characters that the encoding lacks become ASCII or `?`; control characters are escaped,
        except for the codes of `style`.
        """
        if self.color:
            text = "".join(
                part.replace(_MARK, "") if _OWN_CODE.fullmatch(part) else escaped(part)
                for part in _OWN_CODE.split(text)
            )
        else:
            text = escaped(text)
        if not self.unicode:
            text = text.translate(_ASCII).encode("ascii", "replace").decode("ascii")
        self.stream.write(text + "\n")

    def print_heading(self, text: str) -> None:
        """Prints an empty line, then the text in bold."""
        self.print()
        self.print(self.style(text, "bold"))

    def print_wrapped(self, text: str) -> None:
        """Prints a paragraph in lines that fit the terminal."""
        for line in textwrap.wrap(text, self.width) if self.width else [text]:
            self.print(line)


_ASCII = {
    0x2500: "-",  # box drawing
    0x2013: "-",  # dashes
    0x2014: "-",
    0x2212: "-",  # minus
    0x2192: "->",
    0x2026: "...",
    0x2264: "<=",
    0x2265: ">=",
    0x00D7: "x",
    0x03B1: "alpha",
    0x03B2: "beta",
    0x03BB: "lambda",
    0x03C3: "sigma",
    0x03A3: "sum ",
    0x2018: "'",  # quotes
    0x2019: "'",
    0x201C: '"',
    0x201D: '"',
}
"""What a character becomes if the encoding has only ASCII."""


def error_text(message: str, terminal: Terminal) -> str:
    """An error as printed, `error` in red; a message with a location of its own stays unchanged."""
    message = escaped(message)
    if message.startswith("error["):
        return re.sub(
            r"(?m)^error\[[\w-]+\]", lambda found: terminal.style(found[0], "red"), message
        )
    return f"{terminal.style('error', 'red')}: {message}"


def tolerate_any_text() -> None:
    """Makes stdout and stderr replace characters that their encoding lacks instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
