"""Names that look like what was meant."""

from __future__ import annotations

from collections.abc import Iterable

SHOWN = 8
"""How many names a hint lists at most."""


def similar(name: str, known: Iterable[str]) -> list[str]:
    """At most three of the known names that resemble `name`, the closest first."""
    from difflib import get_close_matches

    return get_close_matches(name, list(known), n=3, cutoff=0.6)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """ "did you mean `a` or `b`?", or an empty string if nothing resembles the name."""
    close = similar(name, known)
    return f"did you mean {' or '.join(f'`{each}`' for each in close)}?" if close else ""


def listed(names: Iterable[str]) -> str:
    """The names, at most eight, and how many more there are."""
    every = list(names)
    more = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return ", ".join(every[:SHOWN]) + more
