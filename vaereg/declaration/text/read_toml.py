"""TOML text -> its values, with one error for all that is wrong, at its place.

The standard library's reader raises other errors for very long numbers and deep values, and needs
seconds for long keys.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from vaereg.contracts.plain_values import TomlTable, TomlValue
from vaereg.declaration.text.locator import KeyPath, locate

DEEPEST = 64
"""How deeply tables and arrays may be nested; no declaration comes near it."""

MOST_DIGITS = 300
"""How many digits an integer may have; so long a one can still be written as a float."""

_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_LONG_NUMBER = re.compile(rf"(?<![\w.])[+-]?[0-9][0-9_]{{{MOST_DIGITS},}}")
_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}'
    r"|'''(?:[^']|'(?!''))*'{3,5}"
    r'|"(?:[^"\\\n]|\\[^\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[\]{}.=,\n]"
    rf"|{_LONG_NUMBER.pattern}",
    re.DOTALL,
)


class TomlError(ValueError):
    """Text that is not TOML, or has values that no registry needs.

    Args:
        message: what is wrong, without the place.
        line, column: where, counted from 1.
        offset: the same place as an index of the text.
    """

    def __init__(self, message: str, text: str, offset: int) -> None:
        self.message = message
        self.offset = offset
        self.line = text.count("\n", 0, offset) + 1
        self.column = offset - text.rfind("\n", 0, offset)
        super().__init__(f"{message} (at line {self.line}, column {self.column})")


def read_toml(text: str) -> TomlTable:
    """The values of a TOML text with "\\n" line ends.

    Raises:
        TomlError: if it is not TOML, has an integer of more than 300 digits, or nests tables,
            arrays or keys more than 64 deep.
    """
    _check_tokens(text)
    try:
        values: TomlTable = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise _with_offset(str(fault), text) from fault
    path = _excessive(values)
    if path is not None:
        key = locate(text).values
        found = next((path[:n] for n in range(len(path), 0, -1) if path[:n] in key), ())
        message = (
            "Tables or arrays are nested too deeply"
            if len(path) > DEEPEST
            else "A number has too many digits"
        )
        raise TomlError(message, text, key[found][0] if found else 0)
    return values


def read_toml_value(text: str) -> TomlValue:
    """The value that a text writes, such as that of an option.

    Raises:
        TomlError: as `read_toml`, or if more follows the value.
    """
    key = "value = "
    try:
        values = read_toml(key + text)
    except TomlError as fault:
        raise TomlError(fault.message, text, max(0, fault.offset - len(key))) from fault
    if values.keys() != {"value"}:
        raise TomlError("More follows the value", text, text.index("\n") + 1)
    return values["value"]


def _check_tokens(text: str) -> None:
    """Refuses what the standard library's reader does not end with, or not in time.

    Raises:
        TomlError: at the first such place.
    """
    depth = dots = start = 0
    for token in _TOKEN.finditer(text):
        first = token[0][0]
        if first == ".":
            dots += 1
            start = start or token.start()
            if dots >= DEEPEST:
                raise TomlError("A key has too many dots", text, start)
        elif first in "[{":
            depth += 1
            if depth > DEEPEST:
                raise TomlError("Tables or arrays are nested too deeply", text, token.start())
        elif first in "]}":
            depth -= 1
        elif first in "+-0123456789":
            raise TomlError("A number has too many digits", text, token.start())
        if first in "[]{}=,\n#":
            dots = start = 0


def _excessive(values: TomlTable) -> KeyPath | None:
    """The path of the first integer that is too large or value that is too deep."""
    return next(
        (
            path
            for path, value in _walk(values)
            if len(path) > DEEPEST or (type(value) is int and abs(value) >= 10**MOST_DIGITS)
        ),
        None,
    )


def _walk(value: TomlValue, path: KeyPath = ()) -> Iterator[tuple[KeyPath, TomlValue]]:
    """Every value inside with its path; none below one that is too deep."""
    waiting: list[tuple[KeyPath, TomlValue]] = [(path, value)]
    while waiting:
        path, value = waiting.pop()
        yield path, value
        if isinstance(value, dict):
            waiting += [((*path, key), each) for key, each in value.items()]
        elif isinstance(value, list):
            waiting += [((*path, index), each) for index, each in enumerate(value)]


def _with_offset(fault: str, text: str) -> TomlError:
    match = _POSITION.search(fault)
    if match and match[1]:
        offset = 0
        for _ in range(int(match[1]) - 1):
            offset = text.index("\n", offset) + 1
        offset += int(match[2]) - 1
    else:
        offset = len(text.rstrip())
    return TomlError(_POSITION.sub("", fault), text, offset)
