"""Values that keep their key paths in the document through merges and defaults."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from vaereg.contracts.plain_values import TomlValue
from vaereg.declaration.text.locator import KeyPath
from vaereg.frozen import frozen

if TYPE_CHECKING:
    from datetime import date, time

Value: TypeAlias = "dict[str, Node] | list[Node] | str | int | float | bool | date | time"
"""A table, an array, or a plain value; a `datetime` is a `date`."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {
    '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f",
}  # fmt: skip  # short pairs


@frozen(eq=False)
class Node:
    """A value of the document.

    Args:
        path: the key path that it came from; it gives the place of a problem.
        value: a dict of nodes, a list of nodes, or a plain value.
    """

    path: KeyPath
    value: Value

    @property
    def is_table(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def name(self) -> str:
        """The key path as the user writes it, such as `models.sharp.latent`."""
        return dotted(self.path)

    def table(self) -> dict[str, Node]:
        """The entries of a table; empty if the value is not a table."""
        return self.value if isinstance(self.value, dict) else {}

    def elements(self) -> list[Node]:
        """The elements of an array; empty if the value is not an array."""
        return self.value if isinstance(self.value, list) else []

    def plain(self) -> object:
        """The value without key paths."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


def grown(value: TomlValue, path: KeyPath = ()) -> Node:
    """The nodes of a value from the TOML reader."""
    if isinstance(value, dict):
        return Node(path, {key: grown(each, (*path, key)) for key, each in value.items()})
    if isinstance(value, (list, tuple)):
        return Node(path, [grown(each, (*path, index)) for index, each in enumerate(value)])
    return Node(path, value)


def dotted(path: KeyPath) -> str:
    """A key path as TOML writes it, with indices in brackets: `models.a.widths[0]`."""
    words = ""
    for each in path:
        if isinstance(each, int):
            words += f"[{each}]"
        else:
            words += ("." if words else "") + toml_key(each)
    return words


def toml_key(key: str) -> str:
    """A key as TOML writes it, in quotes if it needs them."""
    return key if _BARE.fullmatch(key) else toml_string(key)


def toml_string(text: str) -> str:
    """A string in quotes, as TOML escapes it."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return f"\\u{ord(character):04x}" if ord(character) < 32 or ord(character) == 127 else character


def in_words(value: object) -> str:
    """A value in words, for a message: `the string "16"`, `the integer 3`, `an array`."""
    from datetime import date, time

    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return f"the integer {value}"
        case float():
            return f"the number {value!r}"
        case str():
            shown = value if len(value) <= 40 else value[:37] + "..."
            return f"the string {toml_string(shown)}"
        case dict():
            return "a table"
        case list():
            return "an array"
        case date() | time():
            return f"the date or time {value}"
        case None:
            return "None"
        case _:  # None and this are possible in a mapping from Python only
            return f"a value of type {type(value).__name__}"
