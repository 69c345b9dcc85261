"""The plain shapes of a declared value: each reads a node strictly and writes its JSON Schema.

A bool is never a number, `"16"` is never 16, an integer is accepted as a float, and NaN and
infinities are not numbers. A shape adds every problem to the findings and continues.
"""

from __future__ import annotations

import math
from typing import Protocol, TypeGuard, TypeVar

from vaereg.contracts.plain_values import JsonObject
from vaereg.declaration.text.findings import Fault, Findings
from vaereg.declaration.text.tree import Node, in_words
from vaereg.frozen import frozen
from vaereg.wording import did_you_mean, lines, listed

LARGEST = 2**63

T_co = TypeVar("T_co", covariant=True)


class Shape(Protocol[T_co]):
    """The form that a value must have, and how it is read.

    Attributes:
        words: the shape in words, with an article: "an integer".
        plural: the shape in the plural: "integers".
        example: a value as TOML, for hints.
    """

    @property
    def words(self) -> str: ...

    @property
    def plural(self) -> str: ...

    @property
    def example(self) -> str: ...

    def takes(self, value: object) -> bool:
        """Whether the value has the right type; its content is not checked."""
        ...

    def read(self, node: Node, findings: Findings) -> T_co | Fault:
        """The value, or FAULT if it has problems."""
        ...

    def schema(self) -> JsonObject:
        """The shape as JSON Schema."""
        ...


def wrong_type(shape: Shape[object], node: Node, findings: Findings) -> Fault:
    """Records that the node's value has the wrong type for the shape."""
    hint = ""
    if isinstance(node.value, str):
        bare = node.value.strip()
        if _value_of_bare_word(bare) is not None and shape.takes(_value_of_bare_word(bare)):
            hint = f"write it without quotes: {bare}"
    message = f"`{node.name}` must be {shape.words}; got {in_words(node.value)}"
    return findings.add("wrong-type", message, node, hint)


def _value_of_bare_word(word: str) -> bool | int | float | None:
    if word in {"true", "false"}:
        return word == "true"
    for number in (int, float):
        try:
            return number(word)
        except ValueError:
            continue
    return None


class Boolean:
    """true or false."""

    words = "true or false"
    plural = "booleans"
    example = "true"

    def takes(self, value: object) -> TypeGuard[bool]:
        return isinstance(value, bool)

    def read(self, node: Node, findings: Findings) -> bool | Fault:
        return node.value if self.takes(node.value) else wrong_type(self, node, findings)

    def schema(self) -> JsonObject:
        return {"type": "boolean"}


class Integer:
    """A whole number; 16.0 is not one."""

    words = "an integer"
    plural = "integers"
    example = "1"

    def takes(self, value: object) -> TypeGuard[int]:
        return isinstance(value, int) and not isinstance(value, bool)

    def read(self, node: Node, findings: Findings) -> int | Fault:
        if not self.takes(node.value):
            return wrong_type(self, node, findings)
        if not -LARGEST <= node.value < LARGEST:
            message = f"`{node.name}` does not fit into a 64-bit integer"
            return findings.add("out-of-range", message, node)
        return node.value

    def schema(self) -> JsonObject:
        return {"type": "integer"}


class Number:
    """A finite number, read as a float."""

    words = "a number"
    plural = "numbers"
    example = "1.0"

    def takes(self, value: object) -> TypeGuard[int | float]:
        return isinstance(value, (int, float)) and not isinstance(value, bool)

    def read(self, node: Node, findings: Findings) -> float | Fault:
        if not self.takes(node.value):
            return wrong_type(self, node, findings)
        try:
            number = float(node.value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            message = f"`{node.name}` must be a finite number; got {node.value!r:.40}"
            return findings.add("not-finite", message, node)
        return number

    def schema(self) -> JsonObject:
        return {"type": "number"}


class Text:
    """A string."""

    words = "a string"
    plural = "strings"
    example = '"..."'

    def takes(self, value: object) -> TypeGuard[str]:
        return isinstance(value, str)

    def read(self, node: Node, findings: Findings) -> str | Fault:
        return node.value if self.takes(node.value) else wrong_type(self, node, findings)

    def schema(self) -> JsonObject:
        return {"type": "string"}


@frozen(eq=False)
class Choice:
    """One of a few values."""

    allowed: tuple[object, ...]

    @property
    def words(self) -> str:
        return " or ".join(map(_value_text, self.allowed))

    @property
    def plural(self) -> str:
        return f"values of {self.words}"

    @property
    def example(self) -> str:
        return _value_text(self.allowed[0])

    def takes(self, value: object) -> bool:
        return any(type(value) is type(each) for each in self.allowed)

    def read(self, node: Node, findings: Findings) -> object:
        for each in self.allowed:
            if type(each) is type(node.value) and each == node.value:
                return each
        if not self.takes(node.value):
            return wrong_type(self, node, findings)
        return not_a_choice(node, self.allowed, findings)

    def schema(self) -> JsonObject:
        return {"enum": list(self.allowed)}


def not_a_choice(node: Node, allowed: tuple[object, ...], findings: Findings) -> Fault:
    """Records that the node's value is not one of the allowed values."""
    close = did_you_mean(node.value, [each for each in allowed if isinstance(each, str)]) if (
        isinstance(node.value, str)
    ) else ""  # fmt: skip  # one condition
    return findings.add(
        "not-a-choice",
        f"`{node.name}` cannot be {in_words(node.value).removeprefix('the string ')}",
        node,
        lines(close, "allowed: " + listed(map(_value_text, allowed))),
    )


def _value_text(value: object) -> str:
    return in_words(value).rpartition("the string ")[2] if isinstance(value, str) else repr(value)
