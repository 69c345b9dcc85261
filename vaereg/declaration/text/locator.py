"""The position of every key and every value in a TOML text.

The standard library's reader returns values without positions. This scanner returns positions
only, of a text that the reader has accepted, so it needs no error handling.
"""

from __future__ import annotations

import re
import tomllib

from vaereg.frozen import frozen

KeyPath = tuple[str | int, ...]
"""A key path; positions in arrays are integers."""

Span = tuple[int, int]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_VALUE = re.compile(r"[^,\]}#\n]*")
_BASIC = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_LITERAL = re.compile(r"'[^'\n]*'")
_LONG_BASIC = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}', re.DOTALL)
_LONG_LITERAL = re.compile(r"'''(?:[^']|'(?!''))*'{3,5}", re.DOTALL)


@frozen(eq=False)
class Spans:
    """Start and end offsets into the text.

    Args:
        keys: by key path, the span of its last key; for an element of an array, of the element.
        values: by key path, the span of its value; for a table with a header, of the header's name.
    """

    keys: dict[KeyPath, Span]
    values: dict[KeyPath, Span]


def locate(text: str) -> Spans:
    """The positions of all keys and values of a valid TOML text with "\\n" line ends."""
    scanner = _Scanner(text)
    scanner.document()
    return Spans(scanner.keys, scanner.values)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.keys: dict[KeyPath, Span] = {}
        self.values: dict[KeyPath, Span] = {}
        self._lengths: dict[KeyPath, int] = {}  # of arrays of tables, up to here

    def document(self) -> None:
        table: KeyPath = ()
        while True:
            self._skip(_BLANK)
            if self.at >= len(self.text):
                return
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _skip(self, pattern: re.Pattern[str]) -> Span:
        start = self.at
        match = pattern.match(self.text, start)
        self.at = match.end() if match else start + 1
        return start, self.at

    def _header(self) -> KeyPath:
        repeated = self.text.startswith("[[", self.at)
        brackets = 2 if repeated else 1
        self.at += brackets
        names = self._dotted_key()
        self.at += brackets
        path: KeyPath = ()
        for name, span in names[:-1]:
            path = self._latest((*path, name))
            self._mention(path, span)
        name, span = names[-1]
        path = (*path, name)
        if repeated:
            self._mention(path, span)
            index = self._lengths.get(path, 0)
            self._lengths[path] = index + 1
            path = (*path, index)
        # A header of its own is a better place than an earlier mention in [name.more].
        self.keys[path] = self.values[path] = span
        return path

    def _latest(self, path: KeyPath) -> KeyPath:
        length = self._lengths.get(path)
        return path if length is None else (*path, length - 1)

    def _mention(self, path: KeyPath, span: Span) -> None:
        self.keys.setdefault(path, span)
        self.values.setdefault(path, span)

    def _dotted_key(self) -> list[tuple[str, Span]]:
        names = []
        while True:
            self._skip(_SPACE)
            names.append(self._key())
            self._skip(_SPACE)
            if self.text[self.at] != ".":
                return names
            self.at += 1

    def _key(self) -> tuple[str, Span]:
        first = self.text[self.at]
        if first not in "\"'":
            span = self._skip(_BARE_KEY)
            return self.text[span[0] : span[1]], span
        span = self._skip(_BASIC if first == '"' else _LITERAL)
        return str(tomllib.loads(f"key = {self.text[span[0] : span[1]]}")["key"]), span

    def _pair(self, table: KeyPath) -> None:
        names = self._dotted_key()
        path = table
        for name, span in names[:-1]:
            path = (*path, name)
            self._mention(path, span)
        name, span = names[-1]
        path = (*path, name)
        self.keys[path] = span
        self.at += 1  # the equals sign
        self._skip(_SPACE)
        self.values[path] = self._value(path)

    def _value(self, path: KeyPath) -> Span:
        text, start = self.text, self.at
        first = text[start]
        if first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        elif first == '"':
            self._skip(_LONG_BASIC if text.startswith('"""', start) else _BASIC)
        elif first == "'":
            self._skip(_LONG_LITERAL if text.startswith("'''", start) else _LITERAL)
        else:
            _, end = self._skip(_BARE_VALUE)
            return start, start + len(text[start:end].rstrip())
        return start, self.at

    def _array(self, path: KeyPath) -> None:
        self.at += 1
        index = 0
        while True:
            self._skip(_BLANK)
            if self.text[self.at] == "]":
                self.at += 1
                return
            element = (*path, index)
            self.keys[element] = self.values[element] = self._value(element)
            index += 1
            self._skip(_BLANK)
            if self.text[self.at] == ",":
                self.at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self.at += 1
        while True:
            self._skip(_BLANK)
            if self.text[self.at] == "}":
                self.at += 1
                return
            if self.text[self.at] == ",":
                self.at += 1
            else:
                self._pair(path)
