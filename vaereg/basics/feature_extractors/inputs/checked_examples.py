"""Checks that an extractor can take the data, and that examples are of that data."""

from __future__ import annotations

import numpy as np

import vaereg

LEAST_SIDE = 8
"""The least height and width of images that a classifier learns from, in pixels."""


def checked_form(name: str, data: vaereg.DataSpec, forms: tuple[str, ...]) -> None:
    """Checks that an extractor takes data of this form.

    Raises:
        vaereg.DataError: for data of another form.
    """
    if data.form not in forms:
        raise vaereg.DataError(
            f"extractor '{name}' takes {' or '.join(forms)} data; this data is of form "
            f"'{data.form}'. Use the extractor pixels, which takes any form."
        )


def checked_image(
    name: str,
    data: vaereg.DataSpec,
    channels: tuple[int, ...] = (),
    least_side: int = LEAST_SIDE,
) -> None:
    """Checks that the data is images that are large enough and have these numbers of channels.

    Args:
        name: the extractor.
        data: the data.
        channels: the allowed numbers of channels; empty for any.
        least_side: the least height and width, in pixels.

    Raises:
        vaereg.DataError: for any other data.
    """
    checked_form(name, data, ("image",))
    height, width, found = data.shape
    if min(height, width) < least_side:
        raise vaereg.DataError(
            f"extractor '{name}' takes images of at least {least_side} x {least_side} pixels; "
            f"these are {height} x {width}. Use the extractor pixels."
        )
    if channels and found not in channels:
        allowed = " or ".join(str(each) for each in channels)
        raise vaereg.DataError(
            f"extractor '{name}' takes images with {allowed} channels (1: grey, 3: colour); these "
            f"have {found}. Use the extractor local_texture, or classifier if there are labels."
        )


def checked_examples(name: str, examples: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Returns examples (n, *shape) as float32.

    Raises:
        vaereg.DataError: for another shape, or values that are not finite.
    """
    values = np.asarray(examples, dtype=np.float32)
    if values.shape[1:] != tuple(shape):
        raise vaereg.DataError(
            f"extractor '{name}' was built for examples of shape {tuple(shape)}; got an array of "
            f"shape {values.shape}."
        )
    wrong = ~np.isfinite(values).all(axis=tuple(range(1, values.ndim)))
    if wrong.any():
        raise vaereg.DataError(
            f"extractor '{name}': {int(wrong.sum())} of {len(values)} examples hold values that "
            f"are not finite (first: number {int(np.argmax(wrong))}). Look for a broken checkpoint "
            "or broken data."
        )
    return values
