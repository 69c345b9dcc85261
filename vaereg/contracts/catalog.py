"""Looks up components by name, wherever they were discovered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from vaereg.component import Offer


class UnknownName(LookupError):
    """No usable component has the requested name.

    Args:
        message: the name and why no component has it.
        hint: what is installed, blocked or broken, or a similar name.
    """

    def __init__(self, message: str, hint: str = "", *, broken: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.broken = broken
        """Whether a plugin that is blocked, broken or missing is to blame (exit code 3)."""


class ComponentSource(Protocol):
    """Anything that resolves names of components: the catalog, or a table in a test."""

    def find(self, kind: str, name: str) -> Offer:
        """The component with a short or full name.

        Raises:
            UnknownName: if there is none, or if several distributions offer the short name.
        """
        ...

    def offers(self, kind: str | None = None) -> Sequence[Offer]:
        """All usable components of a kind, or of all kinds, by kind, name and distribution."""
        ...
