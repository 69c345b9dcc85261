"""A parsed registry.toml: its values, and the place of each."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import attrs

from vaereg.contracts.plain_values import TomlTable
from vaereg.declaration.text.locator import KeyPath, Spans, locate
from vaereg.declaration.text.read_toml import DEEPEST, MOST_DIGITS, TomlError, read_toml
from vaereg.errors import DeclarationError, Place, Problem
from vaereg.frozen import frozen

LARGEST = 2**24
"""Bytes of a registry."""

INIT = "run `vaereg init` to create a working one"

_SYNTAX_HINTS = (
    (
        "Invalid value",
        'put text in quotes, as in encoder = "conv"; write true and false in lowercase',
    ),
    (
        "Expected '=' after a key",
        "write key = value; quote a key that has characters other than A-Z a-z 0-9 _ -",
    ),
    ("Cannot overwrite a value", "the key is given twice; keep one"),
    ("Cannot declare", "the table is given twice; merge the two"),
    ("Unclosed array", "close the array with ]"),
    ("Unterminated string", "close the string on the same line, with the quote that opens it"),
    ("Illegal character '\\n'", "close the string on the same line, with the quote that opens it"),
    ("Invalid statement", "a line must be `key = value`, `[table]` or a # comment"),
    ("Expected newline or end of document", "write only one key = value per line"),
    ("Tables or arrays are nested", f"nest them at most {DEEPEST} deep"),
    ("A key has too many dots", f"write at most {DEEPEST} names in one key"),
    (
        "A number has too many digits",
        f"write at most {MOST_DIGITS} digits, or 1e300",
    ),
)


@frozen(eq=False)
class Document:
    """A parsed TOML file, with its overrides.

    Args:
        values: as the standard library parses them.
        source: the file's name, as the user gave it.
        folder: the file's absolute folder, from which relative paths in the file start.
        text: the text, with "\\n" line ends.
        spans: the positions of its keys and values.
        options: the places of overridden values, by key path.
    """

    values: TomlTable
    source: str = "registry.toml"
    folder: Path = attrs.field(factory=Path.cwd)
    text: str = ""
    spans: Spans = attrs.field(factory=lambda: Spans({}, {}))
    options: Mapping[KeyPath, Place] = attrs.field(factory=dict)

    def place(self, path: KeyPath, of: Literal["key", "value"] = "value") -> Place:
        """The place of a key or its value; for an absent path, of its closest parent."""
        known = self.spans.keys if of == "key" else self.spans.values
        for length in range(len(path), 0, -1):
            head = path[:length]
            if head in self.options:
                return self.options[head]
            if head in known:
                return place_at(self.text, known[head][0], known[head][1], self.source)
        return Place(self.source)


def place_at(text: str, start: int, end: int, source: str) -> Place:
    """The place of text[start:end], of which only the first line is underlined."""
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    return Place(
        source=source,
        line=text.count("\n", 0, start) + 1,
        column=start - line_start + 1,
        text=text[line_start:line_end],
        width=max(1, min(end, line_end) - start),
    )


def read_document(path: str | Path) -> Document:
    """Reads a registry from its file.

    Raises:
        DeclarationError: if it is missing, unreadable, empty, not UTF-8 or not TOML, with the
            place and what to do.
    """
    path = Path(path)
    return parse_document(_read_text(path), str(path), path.absolute().parent)


def parse_document(
    text: str, source: str = "registry.toml", folder: Path | None = None
) -> Document:
    """The document of a text, as if read from the file `source` in `folder`.

    Raises:
        DeclarationError: if it is empty or not TOML.
    """
    text = text.replace("\r\n", "\n")
    try:
        values = read_toml(text)
    except TomlError as fault:
        raise DeclarationError([_syntax_problem(fault, text, source)]) from fault
    if not values:
        raise _error_in("empty-file", f"{source} declares nothing", source, INIT)
    return Document(
        values=values,
        source=source,
        folder=Path.cwd() if folder is None else folder,
        text=text,
        spans=locate(text),
    )


def _read_text(path: Path) -> str:
    source = str(path)
    try:
        _check_is_a_text(path)
        raw = path.read_bytes()
    except FileNotFoundError as fault:
        hint = f"{INIT}, or give another registry"
        raise _error_in("no-file", f"there is no file {source}", source, hint) from fault
    except IsADirectoryError as fault:
        hint = f"give the file in it: {path / 'registry.toml'}"
        raise _error_in("no-file", f"{source} is a folder", source, hint) from fault
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise _error_in("unreadable-file", f"{source} cannot be read: {reason}", source) from fault
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        before = raw[: fault.start].decode("utf-8-sig")
        line_end = raw.find(b"\n", fault.start)
        rest = raw[fault.start : line_end if line_end >= 0 else len(raw)].decode("utf-8", "replace")
        place = place_at(before + rest, len(before), len(before) + 1, source)
        problem = Problem(
            code="not-utf-8",
            message=f"{source} is not UTF-8: byte 0x{raw[fault.start]:02x} is invalid here",
            place=place,
            hint="save the file as UTF-8",
        )
        raise DeclarationError([problem]) from fault


def _check_is_a_text(path: Path) -> None:
    """Refuses what may never end when it is read.

    Raises:
        DeclarationError: for a pipe, a device, or a file of more than 16 MiB.
        OSError: if the file is missing or cannot be reached.
    """
    found = path.stat()
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
        message = f"{path} is a pipe or a device, not a file"
        raise _error_in("unreadable-file", message, str(path), "write the registry to a file first")
    if found.st_size > LARGEST:
        message = f"{path} has {found.st_size:,} bytes; a registry has at most {LARGEST:,}"
        raise _error_in("unreadable-file", message, str(path), "give the right file")


def _error_in(code: str, message: str, source: str, hint: str = "") -> DeclarationError:
    return DeclarationError([Problem(code=code, message=message, place=Place(source), hint=hint)])


def _syntax_problem(fault: TomlError, text: str, source: str) -> Problem:
    message = fault.message
    hint = next((hint for words, hint in _SYNTAX_HINTS if message.startswith(words)), "")
    return Problem(
        code="toml-syntax",
        message=f"this is not valid TOML: {message[:1].lower() + message[1:]}",
        place=place_at(text, fault.offset, fault.offset + 1, source),
        hint=hint,
    )
