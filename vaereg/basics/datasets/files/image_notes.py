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
    "pages": "have several pages, and only the first is used",
    "transparent": "have transparent pixels, which show the background (background = {background})",
    "cmyk": "are in CMYK and are converted without a colour profile",
    "profile": "have a colour profile other than sRGB, which is not applied",
    "clipped": "have values slightly outside their range, which are clipped",
    "enlarged": "are smaller than size = {size} and are enlarged, which makes them blurred",
    "cropped": "lose more than a quarter of their area to fit = {fit}; fit = stretch keeps all",
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
            what = sentence.format(background=params.background, size=params.size, fit=params.fit)
            notes.append(f"{count} of {len(names)} images {what}, such as {first}")
    notes += _on_ranges(found, len(names))
    grey, _ = found.facts.get("grey", (0, ""))
    if params.channels == 3 and grey == len(names):
        notes.append("all images are grey, and three equal channels are trained; set channels = 1")
    return [*notes, *_in_two_splits(found, names, positions)]


def _on_ranges(found: Found, count: int) -> list[str]:
    """Notes on deep images that may use fewer bits than their type, and on unlike ranges."""
    notes = []
    dark, first = found.facts.get("dark", (0, ""))
    deep, _ = found.facts.get("deep", (0, ""))
    if dark and 2 * dark > deep:
        notes.append(
            f"{dark} of {count} images have more than 8 bits a channel and nothing above a tenth "
            f"of their range, such as {first}. If they use fewer bits, set value_range = [0, "
            "largest], such as [0, 4095] for 12 bits."
        )
    ranges = {
        fact.removeprefix("range ").replace(" ", " to "): told
        for fact, told in found.facts.items()
        if fact.startswith("range ") and not fact.endswith(" 255")
    }
    if len(ranges) > 1:
        each = "; ".join(
            f"{told[0]} from {name}, such as {told[1]}" for name, told in ranges.items()
        )
        notes.append(
            f"images of more than 8 bits are stored in different ranges: {each}. If all should "
            "have one range, set value_range."
        )
    return notes


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
