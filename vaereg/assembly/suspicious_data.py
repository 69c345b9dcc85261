"""What a user should know about the data before hours of training: notes and suspicions."""

from __future__ import annotations

import numpy as np

from vaereg.contracts.data import Data, DataSpec
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.wording import listed

EXAMPLES = 4096
"""The most training examples that are inspected, evenly spread."""

DARK = 0.1
"""Images whose values all lie below this share of their range are almost black."""

ONE_VALUE = 0.99
"""The share of values from which on a single value is suspicious."""

LIKELY_TOPS = (1, 16, 255, 4095, 65535)
"""The largest values that images usually have."""

NAMED = 8
"""The number of constant channels that a message names."""


def remarks(data: Data, declaration: Declaration) -> list[str]:
    """The dataset's notes on how the data was read, and what looks wrong about it, a line each."""
    where = f"[data.{declaration.data_name}]"
    notes = [f"note: {where} {each}" for each in data.notes]
    return notes + [f"warning: {where} {each}" for each in suspicions(data, declaration.data_slot)]


def suspicions(data: Data, slot: Slot) -> list[str]:
    """What looks wrong about the training examples, one sentence each.

    Args:
        data: the data.
        slot: the dataset as it is declared; a message names its key that helps.
    """
    if not len(data.train):
        return []
    values = _some_examples(data)
    key = "value_range" if hasattr(slot.params, "value_range") else ""
    found = (
        _too_dark(values, data.spec, key),
        _constant_channels(values, data.spec),
        _one_value(values, data.spec, key),
    )
    return [each for each in found if each]


def likely_range(data: Data) -> tuple[int, int] | None:
    """The range of stored values that almost black images probably have; None for others."""
    if not len(data.train):
        return None
    found = _dark(_some_examples(data), data.spec)
    return None if found is None or found[1] is None else (0, found[1])


def _some_examples(data: Data) -> np.ndarray:
    """Training examples, evenly spread."""
    count = len(data.train)
    positions = np.unique(np.linspace(0, count - 1, min(count, EXAMPLES)).astype(np.int64))
    return np.asarray(data.train.take(positions), np.float32)


def _dark(values: np.ndarray, spec: DataSpec) -> tuple[float, int | None] | None:
    """The largest stored value of almost black images, and what white probably is."""
    if spec.form != "image" or spec.value_range is None:
        return None
    low, high = spec.value_range
    share = (float(values.max()) - low) / (high - low)
    if share > DARK:
        return None
    stored = spec.original_range or spec.value_range
    largest = stored[0] + share * (stored[1] - stored[0])
    step = (stored[1] - stored[0]) / 255  # the images may have been stored in 8 bits since
    top = next((each for each in LIKELY_TOPS if largest - 0.6 * step <= each), None)
    return largest, None if top is None or top >= stored[1] or stored[0] != 0 else top


def _too_dark(values: np.ndarray, spec: DataSpec, key: str) -> str:
    """Nothing above a tenth of the range: the images fill less than their type could hold."""
    found = _dark(values, spec)
    stored = spec.original_range or spec.value_range
    if found is None or stored is None:
        return ""
    largest, top = found
    share = (largest - stored[0]) / (stored[1] - stored[0])
    text = (
        f"no value is above {largest:.4g}, {share:.1%} of the range from {stored[0]:g} to "
        f"{stored[1]:g}, so the images are almost black."
    )
    return f"{text} If {top} is white, set {key} = [0, {top}]." if key and top else text


def _constant_channels(values: np.ndarray, spec: DataSpec) -> str:
    """Channels of images and sequences, or columns of vectors, with one value in all examples."""
    if spec.channels < 2:
        return ""
    flat = values.reshape(-1, spec.channels)
    constant = np.flatnonzero(flat.min(axis=0) == flat.max(axis=0))
    if not len(constant) or len(constant) == spec.channels:
        return ""  # if all are constant, there is only one value
    what = "column" if spec.form == "vector" else "channel"
    named = listed((str(each + 1) for each in constant), NAMED)
    plural = "s" if len(constant) > 1 else ""
    return (
        f"{what}{plural} {named} of {spec.channels} {'have' if plural else 'has'} the same "
        f"value in all training examples. Leave out what carries no information."
    )


def _one_value(values: np.ndarray, spec: DataSpec, key: str) -> str:
    """Nearly all values are one value, such as a mark for missing data."""
    middle = np.median(values)  # a value with more than half of all is the median
    share = float(np.mean(values == middle))
    if share < ONE_VALUE:
        return ""
    shown = float(np.ravel(spec.to_original(middle[None]))[0])
    hint = f"; if outliers stretch the range, set {key}" if key and spec.form == "image" else ""
    return (
        f"{share:.1%} of the values are {shown:g}. A model can learn little else; check that "
        f"they are data and not a mark for missing values{hint}."
    )
