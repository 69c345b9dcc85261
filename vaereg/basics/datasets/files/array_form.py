"""What the axes of an array mean: vectors, series, or images with their channels first or last."""

from __future__ import annotations

import math

import attrs
import numpy as np

import vaereg

LONG = 4
"""From this ratio of its sides on, an array (n, a, b) may hold series as well as grey images."""

MOST_CHANNELS = 4
"""An axis of at most this length may be that of the channels."""


@attrs.frozen(kw_only=True)
class ArrayForm:
    """The form of the examples in an array.

    Args:
        form: "image", "vector" or "sequence".
        shape: of one example.
        channels_first: whether the array has its channels before the sides of the images.
        note: what was assumed, if the user should know; otherwise empty.
    """

    form: str
    shape: tuple[int, ...]
    channels_first: bool = False
    note: str = ""


def array_form(
    shape: tuple[int, ...], dtype: np.dtype, form: str, channel_axis: str, source: str
) -> ArrayForm:
    """The form of an array of this shape and type.

    Args:
        shape, dtype: of the array, with the axis of the examples.
        form: "image", "vector" or "sequence"; "auto" to go by the shape.
        channel_axis: "first" or "last"; "auto" for last.
        source: the file and array, for messages.

    Raises:
        vaereg.DataError: if the shape does not suit the form, or may mean two things.
    """
    one = shape[1:]
    if form == "vector" or (form == "auto" and len(one) == 1):
        return ArrayForm(form="vector", shape=(math.prod(one),))
    if form == "sequence":
        if len(one) > 2:
            raise vaereg.DataError(
                f"{source}: shape {shape} is not a shape of series; allowed are (n, t) and "
                "(n, t, channels)"
            )
        return ArrayForm(form="sequence", shape=one if len(one) == 2 else (*one, 1))
    if len(one) not in (2, 3):
        raise vaereg.DataError(
            f"{source}: shape {shape} is not a shape of images; allowed are "
            '(n, h, w) and (n, h, w, channels). To flatten the examples, set form = "vector".'
        )
    if len(one) == 3:
        return _with_channels(shape, channel_axis, source)
    either = (
        f"{source}: shape {shape} may be that of grey images of {one[0]} x {one[1]}, or of series "
        f"of {one[0]} steps with {one[1]} channels"
    )
    if form == "image":
        return ArrayForm(form="image", shape=(*one, 1))
    if max(one) >= LONG * min(one):
        raise vaereg.DataError(
            f'{either}; set form = "image" or form = "sequence"',
            asks={"form": ("sequence", "image")},
        )
    pixels = dtype.kind == "b" or (dtype.kind == "u" and dtype.itemsize <= 2)
    note = "" if one[0] == one[1] or pixels else f"{either}; it is taken as images."
    return ArrayForm(form="image", shape=(*one, 1), note=note)


def _with_channels(shape: tuple[int, ...], channel_axis: str, source: str) -> ArrayForm:
    channels, height, width = shape[1:]
    if channel_axis == "first":
        return ArrayForm(form="image", shape=(height, width, channels), channels_first=True)
    # Square images have their channels where the odd axis is.
    is_first = channels <= MOST_CHANNELS < width or (
        width > MOST_CHANNELS and channels < width and channels != height
    )
    if channel_axis == "auto" and is_first:
        raise vaereg.DataError(
            f"{source}: shape {shape} looks like (n, channels, h, w). Set channel_axis = "
            '"first" if channels come first in the array, or "last" if they do not.',
            asks={"channel_axis": ("first", "last")},
        )
    return ArrayForm(form="image", shape=shape[1:])
