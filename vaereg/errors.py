"""Every exception of vaereg, and `Problem`, an error with its place in a file.

VaeregError                 exit code 1 unless stated otherwise
├── UsageError              2    an argument or option was wrong
├── DeclarationError        2    registry.toml or an override was wrong; carries every Problem found
│                            (3 if every problem is a missing or broken plugin)
├── BackendError            2    the requested Keras backend is not installed
├── PluginError             3    a plugin is missing, broken or incompatible
│   └── ContractError       3    a component broke a law of its kind
├── LockError               4    installed versions differ from the run's lock file
├── DataError               1    the data cannot be used: missing, corrupt, out of range
├── RunError                1    a run folder cannot be written, read or continued
│   └── NotFiniteError      1    a loss term became NaN or infinite
└── Interrupted             130  stopped by the user, after a checkpoint
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from unicodedata import east_asian_width

from vaereg.frozen import frozen
from vaereg.wording import brief


class VaeregError(Exception):
    """Any error that vaereg reports to its user; the command line returns its `exit_code`."""

    exit_code = 1


class UsageError(VaeregError):
    """An argument, or an option of the command line, cannot be used."""

    exit_code = 2


class BackendError(VaeregError):
    """The requested Keras backend is not installed, or cannot start."""

    exit_code = 2


class PluginError(VaeregError):
    """A required plugin is missing, blocked, broken or incompatible."""

    exit_code = 3


class ContractError(PluginError):
    """A component broke a law of its kind; the message names the law and the distribution."""


class LockError(VaeregError):
    """Installed components, or the data, differ from those that a run was made with."""

    exit_code = 4


class DataError(VaeregError):
    """The data cannot be used.

    Args:
        message: what is wrong, and what to do.
        suggests: parameters of the dataset with which the data can be used, by name.
        asks: parameters that only the user knows, by name, each with its likely values.
    """

    def __init__(
        self,
        message: str = "",
        *,
        suggests: Mapping[str, object] | None = None,
        asks: Mapping[str, Sequence[object]] | None = None,
    ) -> None:
        super().__init__(message)
        self.suggests = dict(suggests or {})
        self.asks = dict(asks or {})


class RunError(VaeregError):
    """A run folder cannot be written, read or continued."""


class NotFiniteError(RunError):
    """A loss term became NaN or infinite."""


class Interrupted(VaeregError):
    """The user stopped the run; a checkpoint was written first."""

    exit_code = 130


LINE_SHOWN = 120
"""How many characters of a long source line an error shows."""


@frozen
class Place:
    """A position in a file, or an option.

    `line` and `column` count from 1; `width` is the number of characters to underline.
    """

    source: str
    line: int = 0
    column: int = 0
    text: str = ""
    width: int = 1

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}" if self.line else self.source

    def underlined(self) -> tuple[str, str]:
        """The line, shortened around the place if it is long, and the carets to print below it."""
        start, width = self.column - 1, max(self.width, 1)
        cut = max(0, min(start - LINE_SHOWN // 2, len(self.text) - LINE_SHOWN))
        shown = self.text[cut : cut + LINE_SHOWN]
        if cut:
            shown = "…" + shown[1:]
        if cut + LINE_SHOWN < len(self.text):
            shown = shown[:-1] + "…"
        # Tabs move the caret by as much as they moved the text; wide characters take two cells.
        before = "".join(_blank(each) for each in shown[: start - cut])
        under = "".join(
            "^" * len(_blank(each)) for each in shown[start - cut : start - cut + width]
        )
        return shown, before + (under or "^")


def _blank(character: str) -> str:
    if character == "\t":
        return character
    return "  " if east_asian_width(character) in "WF" else " "


@frozen
class Problem:
    """One error in what the user wrote.

    Args:
        code: a stable identifier such as `unknown-key`; all are in `vaereg.declaration.codes`.
        message: what is wrong, with the value that was given.
        place: where it was written.
        hint: what is allowed and what to do, or an empty string.
        path: the key path, such as `models.sharp.encoder.widths`.
        plugin: whether the cause is a plugin that is missing, blocked or broken.
    """

    code: str
    message: str
    place: Place
    hint: str = ""
    path: str = ""
    plugin: bool = False

    def render(self) -> str:
        """The problem as the user reads it: message, place, source line, caret, hint."""
        lines = [f"error[{self.code}]: {brief(self.message)}", f"  --> {self.place}"]
        if self.place.text:
            gutter = f"{self.place.line} | "
            text, caret = self.place.underlined()
            lines.append(gutter + text)
            lines.append(" " * (len(gutter) - 2) + "| " + caret)
        lines.extend(f"   = {brief(line)}" for line in self.hint.splitlines())
        return "\n".join(lines)

    def as_dict(self) -> dict[str, object]:
        """The problem for `--json`."""
        return {
            "code": self.code,
            "message": self.message,
            "file": self.place.source,
            "line": self.place.line,
            "column": self.place.column,
            "path": self.path,
            "hint": self.hint,
        }


class DeclarationError(VaeregError):
    """The user's declaration is wrong; `problems` holds every error that was found."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        if self.problems and all(problem.plugin for problem in self.problems):
            self.exit_code = PluginError.exit_code
        count = len(self.problems)
        tail = f"{count} error{'s' if count != 1 else ''}"
        super().__init__("\n\n".join([p.render() for p in self.problems] + [tail]))


@contextmanager
def before_writing() -> Iterator[None]:
    """Adds the note "Nothing was written." to a DeclarationError that leaves the block."""
    try:
        yield
    except DeclarationError as error:
        error.add_note("Nothing was written.")
        raise
