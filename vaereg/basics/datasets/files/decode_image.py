"""Decoding of an image file into an 8-bit array of a given size and number of channels."""

from __future__ import annotations

from pathlib import Path

import attrs
import numpy as np
from PIL import Image, ImageOps

import vaereg

DEEP = ("I;16", "I;16L", "I;16B", "I;16N", "I")


@attrs.frozen(kw_only=True)
class Conversion:
    """How an image is converted.

    Args:
        size: (height, width), or None to keep the image's size.
        channels: 1 or 3.
        fit: "crop" keeps the aspect ratio and cuts the edges; "stretch" keeps the whole image.
        background: the grey value, 0 to 255, behind transparent pixels.
    """

    size: tuple[int, int] | None
    channels: int
    fit: str
    background: int


def decode_image(path: Path, how: Conversion) -> np.ndarray:
    """Decodes the image in a file to uint8 (height, width, channels).

    The first frame is turned upright (EXIF), transparent pixels are blended with the background,
    and 16-bit and float ([0, 1]) greys are converted to 8 bits. When an image shrinks, the bicubic
    kernel is widened against aliasing (Parmar et al. 2022, arXiv:2104.11222).

    Raises:
        vaereg.DataError: naming the file, if it is corrupt, truncated or not an image.
    """
    try:
        with Image.open(path) as opened:
            image = _eight_bit(ImageOps.exif_transpose(opened), how.background)
            image = image.convert("L" if how.channels == 1 else "RGB")
            if how.size and (image.height, image.width) != how.size:
                height, width = how.size
                box = _box(image.size, (width, height)) if how.fit == "crop" else None
                image = image.resize((width, height), Image.Resampling.BICUBIC, box=box)
            return np.asarray(image, np.uint8).reshape(image.height, image.width, how.channels)
    except Exception as error:  # decoders of broken files raise OSError, SyntaxError, struct.error…
        reason = str(error) or type(error).__name__
        raise vaereg.DataError(f"{path}: {reason}") from error


def upright_size(path: Path) -> tuple[int, int]:
    """The (height, width) of the upright image in a file, read from the header only.

    Raises:
        vaereg.DataError: naming the file, if it is not an image.
    """
    try:
        with Image.open(path) as image:
            turned = image.getexif().get(0x0112, 1) >= 5  # the EXIF tag "orientation"
            return (image.width, image.height) if turned else (image.height, image.width)
    except Exception as error:  # as above
        reason = str(error) or type(error).__name__
        raise vaereg.DataError(f"{path}: {reason}") from error


def _eight_bit(image: Image.Image, background: int) -> Image.Image:
    """Converts an image to 8-bit channels without transparency."""
    if image.mode in DEEP or image.mode == "F":
        top = 1.0 if image.mode == "F" else 65535.0
        values = np.asarray(image, np.float64)
        if not (values.min() >= 0 and values.max() <= top):
            raise ValueError(
                f"values from {values.min():g} to {values.max():g}; "
                f"allowed are 0 to {top:g} in mode {image.mode}"
            )
        return Image.fromarray(np.rint(values * (255.0 / top)).astype(np.uint8))
    if "A" in image.mode.replace("LAB", "") or "a" in image.mode or "transparency" in image.info:
        clear = image.convert("RGBA")
        behind = Image.new("RGBA", clear.size, (background, background, background, 255))
        return Image.alpha_composite(behind, clear)
    return image


def _box(size: tuple[int, int], target: tuple[int, int]) -> tuple[float, float, float, float]:
    """The largest centred box in `size` with the aspect ratio of `target`, both (width, height)."""
    width, height = size
    scale = min(width / target[0], height / target[1])
    cut_x, cut_y = (width - scale * target[0]) / 2, (height - scale * target[1]) / 2
    return (cut_x, cut_y, width - cut_x, height - cut_y)
