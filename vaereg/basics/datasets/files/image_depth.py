"""Images of more than 8 bits: their values, and which of them are black and white.

Pillow reads colours of 16 bits as their upper bytes. Read again with the other order of bytes, the
same file gives the lower bytes.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import numpy as np
from PIL import Image

DEEP = ("I;16", "I;16L", "I;16B", "I;16N", "I")
"""Pillow's modes of greys with more than 8 bits."""

BITS_PER_SAMPLE, LARGEST_SAMPLE = 258, 281
"""Tags of TIFF."""


def stored_range(image: Image.Image) -> tuple[float, float]:
    """The values of black and white in an image that was just opened."""
    if image.mode == "F":
        return 0.0, 1.0
    if image.mode not in DEEP and not has_deep_colours(image):
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
    if has_deep_colours(image):
        path = Path(image.filename)  # type: ignore[attr-defined]  # of a file
        with Image.open(path, formats=["PNG"]) as again:
            largest = float(deep_colours(again)[..., :3].max())
    else:
        largest = float(image.getextrema()[1])  # type: ignore[arg-type]  # one channel
    return top if largest <= top else 0


def _significant_bits(path: Path) -> int:
    """The number in the chunk sBIT, which stands before the pixels; 0 if there is none."""
    with path.open("rb") as file:
        file.seek(8)
        while len(header := file.read(8)) == 8:
            length, name = struct.unpack(">I4s", header)
            if name == b"sBIT":
                return max(file.read(length)[:3], default=0)
            if name == b"IDAT":
                return 0
            file.seek(length + 4, 1)
    return 0


def has_deep_colours(image: Image.Image) -> bool:
    """Whether an image that was just opened has colours of 16 bits, whose lower bytes are read."""
    mode = _raw_mode(image)
    return mode == "LA;16B" or (";16" in mode and image.mode in ("RGB", "RGBA"))


def is_rounded_by_pillow(image: Image.Image) -> bool:
    """Whether an image that was just opened has more bits than its mode."""
    if image.mode in DEEP or image.mode == "F" or not getattr(image, "tile", ()):
        return False
    codec, _, _, given = image.tile[0]  # type: ignore[attr-defined]  # of a file
    if str(codec).startswith("ppm"):
        return isinstance(given, tuple) and int(given[-1]) > 255
    return ";16" in _raw_mode(image)


def deep_colours(image: Image.Image) -> np.ndarray:
    """The stored values of 16-bit colours, uint16 (height, width, channels); alpha is the fourth.

    Args:
        image: just opened from a file; it is closed afterwards.
    """
    path = Path(image.filename)  # type: ignore[attr-defined]  # of a file
    mode = _raw_mode(image)
    with Image.open(path, formats=[str(image.format)]) as lower:
        if mode == "LA;16B":  # both bytes of both channels, as if they were four channels
            _read_as(lower, "RGBA")
            quads = np.asarray(lower, np.uint16)
            values = quads[..., 0::2] * np.uint16(256) + quads[..., 1::2]
            return np.concatenate(
                [np.repeat(values[..., :1], 3, axis=-1), values[..., 1:]], axis=-1
            )
        start, _, order = mode.rpartition(";16")
        native = "L" if sys.byteorder == "little" else "B"
        order = native if order == "N" else order
        _read_as(lower, f"{start};16{'B' if order == 'L' else 'L'}")
        low = np.asarray(lower, np.uint16)
    return np.asarray(image, np.uint16) * np.uint16(256) + low


def _raw_mode(image: Image.Image) -> str:
    """How the pixels are stored, as Pillow calls it; "" if that is not known."""
    tiles = getattr(image, "tile", ())
    if not tiles or str(tiles[0][0]) not in ("zip", "raw", "libtiff"):
        return ""
    given = tiles[0][3]
    mode = given[0] if isinstance(given, tuple) and given else given
    return mode if isinstance(mode, str) else ""


def _read_as(image: Image.Image, mode: str) -> None:
    """Makes Pillow take the pixels of an image that was just opened as stored otherwise."""
    tiles = image.tile  # type: ignore[attr-defined]  # of a file
    image.tile = [  # type: ignore[attr-defined]  # as above
        (codec, box, offset, (mode, *given[1:]) if isinstance(given, tuple) else mode)
        for codec, box, offset, given in tiles
    ]
