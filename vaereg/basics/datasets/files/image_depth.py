"""The values of black and white in an image file: those of its type, or what the file tells."""

from __future__ import annotations

import struct
from pathlib import Path

from PIL import Image

DEEP = ("I;16", "I;16L", "I;16B", "I;16N", "I")
"""Pillow's modes of greys with more than 8 bits."""

BITS_PER_SAMPLE, LARGEST_SAMPLE = 258, 281
"""Tags of TIFF."""


def stored_range(image: Image.Image) -> tuple[float, float]:
    """The values of black and white in an image that was just opened."""
    if image.mode == "F":
        return 0.0, 1.0
    if image.mode not in DEEP:
        return 0.0, 255.0
    top = _told_by_tiff(image) if image.format == "TIFF" else _told_by_png(image)
    return 0.0, float(top or 65535)


def _told_by_tiff(image: Image.Image) -> int:
    """The largest value that a TIFF file declares; 0 if it declares that of 16 bits, or none."""
    tags = getattr(image, "tag_v2", {})
    largest = _first(tags.get(LARGEST_SAMPLE, 0))
    if 255 < largest < 65535:
        return largest
    bits = _first(tags.get(BITS_PER_SAMPLE, 16))
    return 2**bits - 1 if 8 < bits < 16 else 0


def _first(value: object) -> int:
    if isinstance(value, tuple):
        value = value[0] if value else 0
    return int(value) if isinstance(value, int | float) else 0


def _told_by_png(image: Image.Image) -> int:
    """The largest value of the significant bits of a PNG file; 0 if all are, or if it uses more.

    A writer should scale fewer bits up to 16, but many cameras and instruments do not.
    """
    if image.format != "PNG" or not getattr(image, "filename", ""):
        return 0
    bits = _significant_bits(Path(image.filename))  # type: ignore[attr-defined]  # of a file
    if not 0 < bits < 16:
        return 0
    top = 2**bits - 1
    extremes = image.getextrema()
    return top if float(extremes[1]) <= top else 0  # type: ignore[arg-type]  # one channel


def _significant_bits(path: Path) -> int:
    """The number in the chunk sBIT, which stands before the pixels; 0 if there is none."""
    with path.open("rb") as file:
        file.seek(8)
        while len(header := file.read(8)) == 8:
            length, name = struct.unpack(">I4s", header)
            if name == b"sBIT":
                return file.read(1)[0]
            if name == b"IDAT":
                return 0
            file.seek(length + 4, 1)
    return 0
