"""Long lists in messages: the first entries, and how many more there are."""

from __future__ import annotations

from collections.abc import Sequence


def in_a_row(entries: Sequence[str], most: int) -> str:
    """At most so many entries with commas, as "a, b and 3 more"."""
    more = f" and {len(entries) - most} more" if len(entries) > most else ""
    return ", ".join(entries[:most]) + more


def in_lines(entries: Sequence[str], most: int) -> str:
    """At most so many entries, an indented line each, and a line with how many more there are."""
    more = [f"and {len(entries) - most} more"] if len(entries) > most else []
    return "\n".join(f"  {each}" for each in [*entries[:most], *more])
