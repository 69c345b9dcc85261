"""Decoding of an image file into an 8-bit array of a given size and number of channels."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

import attrs
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

import vaereg
from vaereg.basics.datasets.files.image_depth import DEEP, stored_range

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
"""The formats that are decoded, whatever the suffix says: Pillow also starts other programs."""

LARGE = 2**25
"""Images of more pixels are decoded one at a time, to save memory."""

_one_large_image = threading.Lock()


@attrs.frozen(kw_only=True)
class Conversion:
    """How an image is converted.

    Args:
        size: (height, width), or None to keep the image's size.
        channels: 1 or 3.
        fit: "crop" keeps the aspect ratio and cuts the edges; "stretch" keeps the whole image.
        background: the grey value, 0 to 255, behind transparent pixels.
        value_range: the stored values of black and white; None for those of the image's type.
    """

    size: tuple[int, int] | None
    channels: int
    fit: str
    background: int
    value_range: tuple[float, float] | None = None


@attrs.frozen(eq=False)
class Decoded:
    """An image as uint8 (height, width, channels), and facts about its file.

    The facts are "grey", "deep" (more than 8 bits), "animated", "transparent", "cmyk", and
    "range LOW HIGH" with the stored values of black and white.
    """

    pixels: np.ndarray
    facts: tuple[str, ...]


def decode_image(path: Path, how: Conversion) -> Decoded:
    """Decodes the image in a file.

    The first frame is turned upright (EXIF), transparent pixels are blended with the background,
    and deep greys are converted to 8 bits. When an image shrinks, the bicubic kernel is widened
    against aliasing (Parmar et al. 2022, arXiv:2104.11222).

    Raises:
        vaereg.DataError: naming the file, if it is corrupt, truncated or not an image.
    """
    try:
        with Image.open(path, formats=FORMATS) as opened:
            large = opened.width * opened.height > LARGE
            with _one_large_image if large else contextlib.nullcontext():
                return _decoded(opened, how)
    except Exception as error:  # decoders of broken files raise OSError, SyntaxError, struct.error…
        raise vaereg.DataError(f"{path}: {_reason(error)}") from error


def upright_size(path: Path) -> tuple[int, int]:
    """The (height, width) of the upright image in a file, read from the header only.

    Raises:
        vaereg.DataError: naming the file, if it is not an image.
    """
    try:
        with Image.open(path, formats=FORMATS) as image:
            turned = image.getexif().get(0x0112, 1) >= 5  # the EXIF tag "orientation"
            return (image.width, image.height) if turned else (image.height, image.width)
    except Exception as error:  # as above
        raise vaereg.DataError(f"{path}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return f"is no image in a format that is read ({', '.join(FORMATS)})"
    return str(error) or type(error).__name__


def _decoded(opened: Image.Image, how: Conversion) -> Decoded:
    black, white = how.value_range or stored_range(opened)
    facts = [f"range {black:g} {white:g}"]
    deep = opened.mode in DEEP or opened.mode == "F"
    clear = "A" in opened.mode.replace("LAB", "") or "a" in opened.mode
    clear = clear or "transparency" in opened.info
    told = {
        "grey": deep or opened.mode in ("1", "L", "LA", "La"),
        "deep": deep,
        "animated": getattr(opened, "n_frames", 1) > 1,
        "transparent": clear,
        "cmyk": opened.mode == "CMYK",
    }
    facts += [fact for fact, is_so in told.items() if is_so]
    image = ImageOps.exif_transpose(opened)
    if deep:
        image = Image.fromarray(_eight_bit(np.asarray(image, np.float64), black, white))
    elif clear:
        image = image.convert("RGBA")
        behind = Image.new("RGBA", image.size, (*[how.background] * 3, 255))
        image = Image.alpha_composite(behind, image)
    image = image.convert("L" if how.channels == 1 else "RGB")
    if not deep and (black, white) != (0, 255):
        image = Image.fromarray(_eight_bit(np.asarray(image, np.float64), black, white))
    if how.size and (image.height, image.width) != how.size:
        height, width = how.size
        box = _box(image.size, (width, height)) if how.fit == "crop" else None
        image = image.resize((width, height), Image.Resampling.BICUBIC, box=box)
    pixels = np.asarray(image, np.uint8).reshape(image.height, image.width, how.channels)
    return Decoded(pixels, tuple(facts))


def _eight_bit(values: np.ndarray, black: float, white: float) -> np.ndarray:
    """Stored values as bytes."""
    if not (values.min() >= black and values.max() <= white):
        raise ValueError(
            f"values from {values.min():g} to {values.max():g} are not within {black:g} to "
            f"{white:g}; set value_range to the smallest and the largest value of the images"
        )
    return np.rint((values - black) * (255.0 / (white - black))).astype(np.uint8)


def _box(size: tuple[int, int], target: tuple[int, int]) -> tuple[float, float, float, float]:
    """The largest centred box in `size` with the aspect ratio of `target`, both (width, height)."""
    width, height = size
    scale = min(width / target[0], height / target[1])
    cut_x, cut_y = (width - scale * target[0]) / 2, (height - scale * target[1]) / 2
    return (cut_x, cut_y, width - cut_x, height - cut_y)
