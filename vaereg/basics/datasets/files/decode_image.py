"""Decoding of an image file into an 8-bit array of a given size and number of channels."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

import attrs
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

import vaereg
from vaereg.basics.datasets.files.image_depth import (
    DEEP,
    deep_colours,
    has_deep_colours,
    is_rounded_by_pillow,
    stored_range,
)
from vaereg.basics.datasets.splits.stored_range import SLACK

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
"""The formats that are decoded, whatever the suffix says: Pillow also starts other programs."""

LARGE = 2**25
"""Images of more pixels are decoded one at a time, to save memory."""

DARK = 0.1
"""A deep image with nothing above this share of its range may use fewer bits than its type."""

ORIENTATION = 0x0112
"""The tag of EXIF data."""

CROPPED = 0.25
"""From this share of the area on, it is told that an image is cropped."""

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

    The facts are "grey", "deep" (more than 8 bits), "dark" (deep, and nothing above a tenth of the
    range), "animated", "pages", "transparent", "cmyk", "profile", "clipped", "enlarged", "cropped"
    (by more than a quarter), and "range LOW HIGH" with the stored values of black and white.
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
            turned = image.getexif().get(ORIENTATION, 1) >= 5
            return (image.width, image.height) if turned else (image.height, image.width)
    except Exception as error:  # as above
        raise vaereg.DataError(f"{path}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    if isinstance(error, UnidentifiedImageError):
        return f"is no image in a format that is read ({', '.join(FORMATS)})"
    return str(error) or type(error).__name__


def _decoded(opened: Image.Image, how: Conversion) -> Decoded:
    black, white = how.value_range or stored_range(opened)
    colours = has_deep_colours(opened)
    deep = opened.mode in DEEP or opened.mode == "F" or colours
    several = getattr(opened, "n_frames", 1) > 1
    told = {
        f"range {black:g} {white:g}": True,
        "grey": (deep and not colours) or opened.mode in ("1", "L", "LA", "La"),
        "deep": deep or is_rounded_by_pillow(opened),
        "animated": several and opened.format != "TIFF",
        "pages": several and opened.format == "TIFF",
        "cmyk": opened.mode == "CMYK",
        "profile": opened.mode in ("RGB", "RGBA", "P")
        and not is_usual_profile(opened.info.get("icc_profile")),
    }
    clear = "A" in opened.mode.replace("LAB", "") or "a" in opened.mode
    clear = clear or "transparency" in opened.info
    if deep:
        values = deep_colours(opened) if colours else np.asarray(opened)
        values = _upright(values.astype(np.float64), opened.getexif())
        cover = _cover(values, opened.info.get("transparency"))
        seen = values[..., :3] if values.ndim == 3 else values
        told["transparent"] = bool(cover.min() < 1)
        told["dark"] = bool(seen.max() <= black + DARK * (white - black))
        told["clipped"] = bool(opened.mode == "F" and (seen.min() < black or seen.max() > white))
        if opened.mode == "F":
            seen = _clipped(seen, black, white)
        bytes_ = _eight_bit(seen, black, white)
        if told["transparent"]:
            cover = cover[..., None] if seen.ndim == 3 else cover
            bytes_ = np.rint(bytes_ * cover + how.background * (1 - cover)).astype(np.uint8)
        image = Image.fromarray(bytes_)
    elif clear:
        image = ImageOps.exif_transpose(opened).convert("RGBA")
        told["transparent"] = image.getchannel("A").getextrema() != (255, 255)
        behind = Image.new("RGBA", image.size, (*[how.background] * 3, 255))
        image = Image.alpha_composite(behind, image)
    else:
        image = ImageOps.exif_transpose(opened)
    image = image.convert("L" if how.channels == 1 else "RGB")
    if not deep and (black, white) != (0, 255):
        image = Image.fromarray(_eight_bit(np.asarray(image, np.float64), black, white))
    if how.size and (image.height, image.width) != how.size:
        height, width = how.size
        box = _box(image.size, (width, height)) if how.fit == "crop" else None
        told["enlarged"] = height > image.height or width > image.width
        if box is not None:
            area = (box[2] - box[0]) * (box[3] - box[1])
            told["cropped"] = area < (1 - CROPPED) * image.width * image.height
        image = image.resize((width, height), Image.Resampling.BICUBIC, box=box)
    pixels = np.asarray(image, np.uint8).reshape(image.height, image.width, how.channels)
    return Decoded(pixels, tuple(fact for fact, is_so in told.items() if is_so))


def _upright(values: np.ndarray, exif: Image.Exif) -> np.ndarray:
    """The array of an image (height, width, …), turned upright as its EXIF data says."""
    orientation = exif.get(ORIENTATION, 1)
    if orientation in (5, 6, 7, 8):
        values = np.swapaxes(values, 0, 1)
    if orientation in (2, 3, 6, 7):
        values = values[:, ::-1]
    if orientation in (3, 4, 7, 8):
        values = values[::-1]
    return np.ascontiguousarray(values)


def is_usual_profile(profile: object) -> bool:
    """Whether an image has no colour profile, or that of sRGB, which needs no conversion."""
    if not isinstance(profile, bytes) or not profile:
        return True
    return any(name in profile for name in (b"sRGB", "sRGB".encode("utf-16-be")))


def _cover(values: np.ndarray, clear: object) -> np.ndarray:
    """How opaque the pixels of a deep image are, from 0 to 1: (height, width).

    Args:
        values: (height, width), or (height, width, channels) with alpha as the fourth.
        clear: the value of transparent pixels, or its channels, if the file has one.
    """
    if values.ndim == 3 and values.shape[-1] == 4:
        return np.asarray(values[..., 3] / 65535.0)
    if isinstance(clear, int | tuple):
        differs = values != np.array(clear, np.float64)
        return np.asarray(differs if values.ndim == 2 else differs.any(axis=-1), np.float64)
    return np.ones(values.shape[:2])


def _clipped(values: np.ndarray, black: float, white: float) -> np.ndarray:
    """Floats of which those up to a thousandth of the range beyond it are clipped."""
    slack = SLACK * (white - black)
    near = (values >= black - slack) & (values <= white + slack)
    return np.where(near, values.clip(black, white), values)


def _eight_bit(values: np.ndarray, black: float, white: float) -> np.ndarray:
    """Stored values as bytes."""
    bad = values.size - np.count_nonzero(np.isfinite(values))
    if bad:
        raise ValueError(f"{bad} of {values.size} values are NaN or infinite; repair the image")
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
