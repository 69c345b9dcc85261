"""Examples that stand in two splits, which makes scores on held-out examples look too good."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations

import numpy as np

MULTIPLIER = np.uint64(0xBF58476D1CE4E5B9)
"""Of the mixing function of SplitMix64 (Steele, Lea and Flood 2014)."""


def example_hashes(examples: np.ndarray) -> np.ndarray:
    """A hash of each example (n, …), uint64 (n,); equal bytes have equal hashes.

    With 64 bits, two of a million different examples agree with a probability of 3e-8.
    """
    rows = np.ascontiguousarray(examples).reshape(len(examples), -1).view(np.uint8)
    lacking = -rows.shape[1] % 8
    if lacking:
        rows = np.pad(rows, ((0, 0), (0, lacking)))
    words = np.ascontiguousarray(rows).view(np.uint64)
    place = _mixed(np.arange(1, words.shape[1] + 1, dtype=np.uint64))
    hashes: np.ndarray = _mixed(words + place).sum(axis=1, dtype=np.uint64)
    return hashes


def equal_in_two_splits(
    hashes: Mapping[str, np.ndarray], name: Callable[[str, int], str], what: str
) -> list[str]:
    """A note for each two splits that share examples, with their number and an example.

    Args:
        hashes: of the examples of each split.
        name: where the example of a split at an index stands, for the note.
        what: the examples, in the plural.
    """
    notes = []
    for first, second in combinations(hashes, 2):
        shared = np.flatnonzero(np.isin(hashes[second], hashes[first]))
        if not len(shared):
            continue
        at = int(shared[0])
        other = int(np.flatnonzero(hashes[first] == hashes[second][at])[0])
        notes.append(
            f"{len(shared)} of {len(hashes[second])} {what} of the {second} split are equal to "
            f"some of the {first} split, such as {name(second, at)} and {name(first, other)}; "
            "scores on held-out examples will look better than they are"
        )
    return notes


def _mixed(words: np.ndarray) -> np.ndarray:
    """Spreads each bit of uint64 words over all bits."""
    with np.errstate(over="ignore"):
        mixed: np.ndarray = words ^ (words >> np.uint64(30))
        mixed *= MULTIPLIER
        mixed ^= mixed >> np.uint64(27)
        mixed *= np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return mixed
