"""Remembers the conditions of examples that a trained model handed out."""

from __future__ import annotations

import hashlib

import numpy as np

STEPS = 1000.0
"""Values are remembered to a thousandth: converting them to other units and back rounds them."""


class ExampleConditions:
    """The conditions of examples, found again by the values of an example.

    So whoever takes examples from the data need not pass their conditions along, in whichever order
    they are used. Of equal examples with different conditions nothing is known.
    """

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[np.ndarray, ...] | None] = {}
        self._names: tuple[str, ...] = ()

    def remember(self, examples: np.ndarray, given: dict[str, np.ndarray]) -> None:
        """Remembers the conditions of examples (n, *data), as the model takes them."""
        self._names = tuple(given)
        for number, key in enumerate(_keys(examples)):
            conditions = tuple(values[number] for values in given.values())
            before = self._known.setdefault(key, conditions)
            if before is not conditions and not _equal(before, conditions):
                self._known[key] = None

    def of(self, examples: np.ndarray) -> dict[str, np.ndarray]:
        """The conditions of examples, by name; empty if those of any example are not known."""
        found = [self._known.get(key) for key in _keys(examples)] if self._known else [None]
        known = [each for each in found if each is not None]
        if len(known) < len(found):
            return {}
        columns = zip(*known, strict=True)
        return {name: np.stack(each) for name, each in zip(self._names, columns, strict=True)}


def _keys(examples: np.ndarray) -> list[bytes]:
    rounded = np.rint(np.asarray(examples, np.float64) * STEPS) + 0.0  # no negative zeros
    return [hashlib.blake2b(row.tobytes(), digest_size=16).digest() for row in rounded]


def _equal(before: tuple[np.ndarray, ...] | None, now: tuple[np.ndarray, ...]) -> bool:
    return before is not None and all(map(np.array_equal, before, now))
