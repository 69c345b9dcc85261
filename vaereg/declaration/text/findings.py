"""Collects every problem of a document, each once, so that all are reported together."""

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
"""Replaces a value that could not be read; its problem is among the findings."""


class Findings:
    """The problems recorded so far; they are raised in the order of the file."""

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
        """Records a problem at a node; returns FAULT, which the caller can return in turn."""
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
        """The place of a node."""
        return self.document.place(node.path, of)

    def __len__(self) -> int:
        return len(self._problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems in the order of the file, those of overrides last."""
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
        """Raises the recorded problems, if there are any.

        Raises:
            DeclarationError: with every problem.
        """
        if self._problems:
            raise DeclarationError(self.problems)
