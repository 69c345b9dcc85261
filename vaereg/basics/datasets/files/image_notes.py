"""What a user should know about image files that were read otherwise than they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from vaereg.basics.datasets.declared import ImageFolderParams
from vaereg.basics.datasets.files.image_store import Found

TOLD = {
    "deep": "have more than 8 bits a channel and are rounded to 8 bits",
    "animated": "are animated, and only their first frame is used",
    "transparent": "have transparent pixels, which show the background (background = {background})",
    "cmyk": "are in CMYK and are converted without a colour profile",
}
"""Fact about a file -> what is told about it."""


def original_range(found: Found) -> tuple[float, float]:
    """The stored values of black and white that all files share; those of 8 bits if they differ."""
    ranges = [fact.split()[1:] for fact in found.facts if fact.startswith("range ")]
    return (float(ranges[0][0]), float(ranges[0][1])) if len(ranges) == 1 else (0.0, 255.0)


def notes_on(
    found: Found,
    params: ImageFolderParams,
    names: Sequence[Path],
    positions: Mapping[str, np.ndarray],
) -> list[str]:
    """The notes on files that were read, one sentence each.

    Args:
        found: what was learned about the files.
        params: of the dataset.
        names: the paths of the files.
        positions: of each split's files.
    """
    notes = []
    for fact, sentence in TOLD.items():
        if fact in found.facts:
            count, first = found.facts[fact]
            what = sentence.format(background=params.background)
            notes.append(f"{count} of {len(names)} images {what}, such as {first}")
    grey, _ = found.facts.get("grey", (0, ""))
    if params.channels == 3 and grey == len(names):
        notes.append("all images are grey, and three equal channels are trained; set channels = 1")
    return [*notes, *_in_two_splits(found, names, positions)]


def _in_two_splits(
    found: Found, names: Sequence[Path], positions: Mapping[str, np.ndarray]
) -> list[str]:
    """A note on files whose copies are in another split."""
    if not found.equal:
        return []
    split_of = np.empty(len(names), object)
    for split, chosen in positions.items():
        split_of[chosen] = split
    leaked = [group for group in found.equal if len({split_of[each] for each in group}) > 1]
    if not leaked:
        return []
    first = leaked[0][0]
    other = next(each for each in leaked[0] if split_of[each] != split_of[first])
    return [
        f"{len(leaked)} images are in two splits, such as {names[first]} ({split_of[first]}) and "
        f"{names[other]} ({split_of[other]}), which have the same content; scores on held-out "
        "images will look better than they are"
    ]
