"""Names that look like what was meant, how a list of names is told, and articles."""

from __future__ import annotations

from collections.abc import Iterable

SHOWN = 12
"""How many names a hint lists at most."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`did you mean "a" or "b"?`, or an empty string if nothing resembles the name."""
    # difflib takes a tenth of a short command's time, and only a mistake needs it.
    from difflib import get_close_matches

    by_folded = {each.casefold(): each for each in known}
    close = get_close_matches(name.casefold(), list(by_folded), n=2, cutoff=0.6)
    words = " or ".join(f'"{by_folded[each]}"' for each in close)
    return f"did you mean {words}?" if words else ""


def listed(names: Iterable[str]) -> str:
    """The names, at most twelve, and how many more there are; "none" if there are none."""
    every = list(names)
    more = f" and {len(every) - SHOWN} more" if len(every) > SHOWN else ""
    return ", ".join(every[:SHOWN]) + more or "none"


def with_article(noun: str) -> str:
    """`an encoder`, `a decoder`."""
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def lines(*hints: str) -> str:
    """The hints that are not empty, a line each."""
    return "\n".join(hint for hint in hints if hint)
