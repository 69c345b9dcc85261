"""Wording of messages: similar names, lists of names, articles, hints."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

LONGEST = 1000
"""How many characters of a line of a message are shown."""

SHOWN = 12
"""The largest number of names that a hint lists."""


def first_lines(fault: BaseException, most: int = 1) -> str:
    """The first lines of an exception's text, or an empty string if it has none."""
    try:
        text = str(fault)
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001  # the exception is a plugin's own, and so is its __str__
        text = "(its message cannot be shown)"
    return "\n".join(map(brief, without_styles(text).strip().splitlines()[:most]))


def without_styles(text: str) -> str:
    """A message without the codes that make a terminal print it bold, as Keras's errors have."""
    return _STYLES.sub("", text)


def brief(line: str) -> str:
    """A line of a message; if it quotes something very long, without its middle."""
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 200]} … {line[-200:]}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`did you mean "a" or "b"?`, or an empty string if nothing resembles the name."""
    # Imported here: difflib takes a tenth of a short command's time, and only errors need it.
    from difflib import get_close_matches

    by_folded = {each.casefold(): each for each in known}
    close = get_close_matches(name.casefold(), list(by_folded), n=2, cutoff=0.6)
    words = " or ".join(f'"{by_folded[each]}"' for each in close)
    return f"did you mean {words}?" if words else ""


def unused(wanted: str, taken: Container[str], joint: str = "-") -> str:
    """The wanted name, or with the first number from 2 on under which nothing is taken."""
    free, number = wanted, 2
    while free in taken:
        free, number = f"{wanted}{joint}{number}", number + 1
    return free


def listed(names: Iterable[str], most: int = SHOWN) -> str:
    """At most so many of the names, and how many more there are; "none" if there are none."""
    every = list(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more or "none"


def with_article(noun: str) -> str:
    """`an encoder`, `a decoder`."""
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def lines(*hints: str) -> str:
    """The nonempty hints, one per line."""
    return "\n".join(hint for hint in hints if hint)


def escaped(text: str) -> str:
    """Text that may come from elsewhere, safe to print: control characters are shown as `\\x1b`.

    Line breaks and tabs stay. Characters that reverse the direction of text are escaped too, since
    they make a terminal show something else than is written.
    """
    if text.isprintable():
        return text
    return _HARMFUL.sub(_escape, text)


def json_escaped(text: str) -> str:
    """JSON that means the same, without control characters, and which UTF-8 can encode."""
    return text if text.isprintable() else _HARMFUL.sub(lambda each: f"\\u{ord(each[0]):04x}", text)


_REVERSING = "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
"""Characters that reverse the direction of text, and the line breaks of Unicode."""

_STYLES = re.compile(r"\x1b\[[0-9;:]*m")
"""The codes for styles and colours of text in a terminal (ECMA-48, SGR)."""

_HARMFUL = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff{_REVERSING}]")


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
