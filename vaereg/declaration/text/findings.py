"""Collects every problem of a document, each once, so that all are told together."""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal

from vaereg.declaration.text.document import Document
from vaereg.declaration.text.tree import Node
from vaereg.errors import DeclarationError, Place, Problem


class Fault(Enum):
    """The type of `FAULT`."""

    FAULT = "FAULT"

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "FAULT"


FAULT: Final = Fault.FAULT
"""Takes the place of a value that could not be read; its problem is among the findings."""


class Findings:
    """The problems found so far, in the order of the file once they are raised."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._problems: dict[Problem, None] = {}

    def add(
        self,
        code: str,
        message: str,
        node: Node,
        hint: str = "",
        *,
        of: Literal["key", "value"] = "value",
        plugin: bool = False,
    ) -> Fault:
        """Notes a problem at a node and returns FAULT, which the reader may pass on."""
        problem = Problem(
            code=code,
            message=message,
            place=self.document.place(node.path, of),
            hint=hint,
            path=node.name,
            plugin=plugin,
        )
        self._problems[problem] = None
        return FAULT

    def place(self, node: Node, of: Literal["key", "value"] = "value") -> Place:
        """Where a node is written."""
        return self.document.place(node.path, of)

    def __len__(self) -> int:
        return len(self._problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All of them, in the order of the file, options of the command line last."""
        return tuple(
            sorted(
                self._problems,
                key=lambda each: (
                    each.place.source != self.document.source,
                    each.place.line,
                    each.place.column,
                ),
            )
        )

    def raise_any(self) -> None:
        """Raises what was found.

        Raises:
            DeclarationError: with every problem, if there is one.
        """
        if self._problems:
            raise DeclarationError(self.problems)
