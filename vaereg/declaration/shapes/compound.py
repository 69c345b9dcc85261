"""Shapes made of other shapes: arrays, tables of one shape, unions, and optional values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from vaereg.contracts.plain_values import JsonObject
from vaereg.declaration.shapes.plain import Shape, wrong_type
from vaereg.declaration.text.findings import FAULT, Fault, Findings
from vaereg.declaration.text.tree import Node
from vaereg.frozen import frozen

T = TypeVar("T")


@frozen(eq=False)
class Array(Generic[T]):
    """Any number of elements of one shape, read as a tuple by default."""

    item: Shape[T]
    make: Callable[[list[T]], Sequence[T]] = tuple
    least: int = 0

    @property
    def words(self) -> str:
        return f"an array of {self.item.plural}"

    @property
    def plural(self) -> str:
        return f"arrays of {self.item.plural}"

    @property
    def example(self) -> str:
        return f"[{self.item.example}]"

    def takes(self, value: object) -> bool:
        return isinstance(value, (list, tuple))

    def read(self, node: Node, findings: Findings) -> Sequence[T] | Fault:
        if not isinstance(node.value, list):
            return wrong_type(self, node, findings)
        if len(node.value) < self.least:
            elements_word = "element" if self.least == 1 else "elements"
            message = (
                f"`{node.name}` must have at least {self.least} {elements_word}; "
                f"got {len(node.value)}"
            )
            return findings.add("wrong-length", message, node)
        elements = [self.item.read(each, findings) for each in node.value]
        whole = [each for each in elements if each is not FAULT]
        return self.make(whole) if len(whole) == len(elements) else FAULT

    def schema(self) -> JsonObject:
        schema: JsonObject = {"type": "array", "items": self.item.schema()}
        return schema | {"minItems": self.least} if self.least else schema


@frozen(eq=False)
class FixedArray:
    """An array with a shape for each position."""

    items: tuple[Shape[object], ...]

    @property
    def words(self) -> str:
        return f"an array of {len(self.items)} elements: " + ", ".join(
            each.words for each in self.items
        )

    @property
    def plural(self) -> str:
        return f"arrays of {len(self.items)} elements"

    @property
    def example(self) -> str:
        return "[" + ", ".join(each.example for each in self.items) + "]"

    def takes(self, value: object) -> bool:
        return isinstance(value, (list, tuple))

    def read(self, node: Node, findings: Findings) -> tuple[object, ...] | Fault:
        if not isinstance(node.value, list):
            return wrong_type(self, node, findings)
        if len(node.value) != len(self.items):
            message = f"`{node.name}` must have {len(self.items)} elements; got {len(node.value)}"
            return findings.add("wrong-length", message, node, f"such as {self.example}")
        pairs = zip(self.items, node.value, strict=True)
        elements = [item.read(each, findings) for item, each in pairs]
        return FAULT if any(each is FAULT for each in elements) else tuple(elements)

    def schema(self) -> JsonObject:
        return {
            "type": "array",
            "items": [each.schema() for each in self.items],
            "minItems": len(self.items),
            "maxItems": len(self.items),
        }


@frozen(eq=False)
class Mapped:
    """A table with any keys and values of one shape, read as a dict."""

    item: Shape[object]

    @property
    def words(self) -> str:
        return f"a table of {self.item.plural}"

    @property
    def plural(self) -> str:
        return f"tables of {self.item.plural}"

    @property
    def example(self) -> str:
        return f"{{ name = {self.item.example} }}"

    def takes(self, value: object) -> bool:
        return isinstance(value, Mapping)

    def read(self, node: Node, findings: Findings) -> dict[str, object] | Fault:
        if not isinstance(node.value, dict):
            return wrong_type(self, node, findings)
        entries = {key: self.item.read(each, findings) for key, each in node.value.items()}
        return FAULT if any(each is FAULT for each in entries.values()) else entries

    def schema(self) -> JsonObject:
        return {"type": "object", "additionalProperties": self.item.schema()}


@frozen(eq=False)
class Union(Generic[T]):
    """One of several shapes: reads the first that fits, or reports the problems of the closest."""

    options: tuple[Shape[T], ...]

    @property
    def words(self) -> str:
        return " or ".join(each.words for each in self.options)

    @property
    def plural(self) -> str:
        return " or ".join(each.plural for each in self.options)

    @property
    def example(self) -> str:
        return self.options[0].example

    def takes(self, value: object) -> bool:
        return any(each.takes(value) for each in self.options)

    def read(self, node: Node, findings: Findings) -> T | Fault:
        likely = [each for each in self.options if each.takes(node.value)]
        if not likely:
            return wrong_type(self, node, findings)
        faults = {}
        for index, each in enumerate(likely[:-1] if len(likely) == 1 else likely):
            trial = Findings(findings.document)
            value = each.read(node, trial)
            if value is not FAULT:
                return value
            faults[index] = len(trial)
        best = min(faults, key=lambda index: faults[index]) if faults else 0
        return likely[best].read(node, findings)

    def schema(self) -> JsonObject:
        return {"anyOf": [each.schema() for each in self.options]}


class Absent:
    """`false` for no value: TOML has no null, and a child model may unset an inherited value."""

    words = "false for none"
    plural = "falses"
    example = "false"

    def takes(self, value: object) -> bool:
        return value is False

    def read(self, node: Node, findings: Findings) -> Fault | None:
        return None if self.takes(node.value) else wrong_type(self, node, findings)

    def schema(self) -> JsonObject:
        return {"enum": [False]}


class Anything:
    """Any TOML value, for parameters declared as Any."""

    words = "a value"
    plural = "values"
    example = "0"

    def takes(self, value: object) -> bool:
        del value
        return True

    def read(self, node: Node, findings: Findings) -> object:
        del findings
        return node.plain()

    def schema(self) -> JsonObject:
        return {}
