"""What a user should know about the data before hours of training: notes and suspicions."""

from __future__ import annotations

import numpy as np

from vaereg.contracts.data import Data, DataSpec, Split
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.wording import listed

EXAMPLES = 4096
"""The most training examples that are inspected, evenly spread."""

DARK = 0.1
"""Images whose values all lie below this share of their range are almost black."""

ONE_VALUE = 0.99
"""The share of values from which on a single value is suspicious."""

GREY = "set channels = 1"
"""What a message says to do about grey images."""

NAMED = 8
"""The number of channels or classes that a message names."""


def remarks(data: Data, declaration: Declaration) -> list[str]:
    """The dataset's notes on how the data was read, and what looks wrong about it, a line each."""
    where = f"[data.{declaration.data_name}]"
    found = [f"warning: {where} {each}" for each in suspicions(data, declaration.data_slot)]
    return notes(data, declaration) + found


def notes(data: Data, declaration: Declaration) -> list[str]:
    """The dataset's notes on how the data was read, a line each."""
    return [f"note: [data.{declaration.data_name}] {each}" for each in data.notes]


def suspicions(data: Data, slot: Slot) -> list[str]:
    """What looks wrong about the training examples, one sentence each.

    Args:
        data: the data.
        slot: the dataset as it is declared; a message names its key that helps.
    """
    if not len(data.train):
        return []
    values = _some_examples(data.train)
    key = "value_range" if hasattr(slot.params, "value_range") else ""
    dark = _too_dark(values, data.spec, key)
    found = [
        dark,
        *([] if dark else _darker_splits(data, key)),
        _constant_channels(values, data.spec, slot.params),
        _equal_channels(values, data, slot.params),
        _one_value(values, data.spec, key),
        _unknown_classes(data),
    ]
    return [each for each in found if each]


def likely_range(data: Data) -> tuple[int, int] | None:
    """The range of stored values that almost black images probably have; None for others."""
    if not len(data.train):
        return None
    found = _dark(_some_examples(data.train), data.spec)
    return None if found is None or found[1] is None else (0, found[1])


def _some_examples(split: Split) -> np.ndarray:
    """Examples of a split, evenly spread."""
    count = len(split)
    positions = np.unique(np.linspace(0, count - 1, min(count, EXAMPLES)).astype(np.int64))
    return np.asarray(split.take(positions), np.float32)


def _held_out(data: Data) -> list[tuple[str, Split]]:
    """The other splits that have examples, with their names."""
    splits = (("validation", data.validation), ("test", data.test))
    return [(name, split) for name, split in splits if split is not None and len(split)]


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
    # The images may have been stored in 8 bits since; otherwise float32 rounds.
    step = (stored[1] - stored[0]) / (255 if spec.levels == 256 else 2**22)
    top = next((each for each in spec.USUAL_TOPS if largest - 0.6 * step <= each), None)
    is_known = top is not None and top < stored[1] and stored[0] == 0 < largest
    return largest, top if is_known else None


def _too_dark(values: np.ndarray, spec: DataSpec, key: str) -> str:
    """Nothing above a tenth of the range: the images fill less than their type could hold."""
    found = _dark(values, spec)
    stored = spec.original_range or spec.value_range
    if found is None or stored is None:
        return ""
    largest, top = found
    share = (largest - stored[0]) / (stored[1] - stored[0])
    text = (
        f"no value is above {largest:.4g}, {_percent(share)} of the range from {stored[0]:g} to "
        f"{stored[1]:g}, so the images are almost black."
    )
    return f"{text} If {top} is white, set {key} = [0, {top}]." if key and top else text


def _darker_splits(data: Data, key: str) -> list[str]:
    """Held-out splits that are almost black, unlike the training examples."""
    found = []
    for name, split in _held_out(data):
        dark = _dark(_some_examples(split), data.spec)
        if dark is not None:
            found.append(
                f"no value of the {name} split is above {dark[0]:.4g}, unlike the training "
                "examples; check that all splits are stored in the same range"
                + (f", which {key} sets for all." if key else ".")
            )
    return found


def _constant_channels(values: np.ndarray, spec: DataSpec, params: object) -> str:
    """Channels of images and sequences, or columns of vectors, with one value in all examples."""
    if spec.channels < 2:
        return ""
    flat = values.reshape(-1, spec.channels)
    constant = flat.min(axis=0) == flat.max(axis=0)
    if not constant.any() or constant.all():
        return ""  # if all are constant, there is only one value
    what = "column" if spec.form == "vector" else "channel"
    named = listed((str(each + 1) for each in np.flatnonzero(constant)), NAMED)
    plural = "s" if np.count_nonzero(constant) > 1 else ""
    return (
        f"{what}{plural} {named} of {spec.channels} {'have' if plural else 'has'} the same "
        f"value in all training examples. {_without(np.flatnonzero(~constant), params)}"
    )


def _equal_channels(values: np.ndarray, data: Data, params: object) -> str:
    """Colour images whose channels are equal, which are grey, unless the dataset told it."""
    spec = data.spec
    if spec.form != "image" or spec.channels < 2 or (values != values[..., :1]).any():
        return ""
    if any(GREY in each for each in data.notes):
        return ""
    return (
        f"the {spec.channels} channels are equal in all training examples: the images are grey. "
        f"{_without(np.array([0]), params)}"
    )


def _without(kept: np.ndarray, params: object) -> str:
    """How to leave out all channels but these."""
    if hasattr(params, "keep") and not params.keep:
        numbers = ", ".join(str(each + 1) for each in kept[:NAMED])
        return f"Leave out what tells nothing: set keep = [{numbers}{', …' * (len(kept) > NAMED)}]."
    if getattr(params, "channels", None) == 3:
        return f"To train grey images, {GREY}."
    return "Leave out what tells nothing."


def _unknown_classes(data: Data) -> str:
    """Classes that held-out examples have, and no training example."""
    given = data.train.labels(np.arange(len(data.train))) if data.spec.classes else None
    if given is None:
        return ""
    for name, split in _held_out(data):
        labels = split.labels(np.arange(len(split)))
        if labels is None:
            continue
        unknown = np.setdiff1d(labels, given)
        if len(unknown):
            names = data.spec.class_names or [str(each) for each in range(int(unknown.max()) + 1)]
            return (
                f"{np.isin(labels, unknown).sum()} examples of the {name} split are of classes "
                "that no training example has: "
                f"{listed((names[each] for each in unknown), NAMED)}."
            )
    return ""


def _percent(share: float) -> str:
    return f"{share:.1%}" if share >= 0.001 or not share else "less than 0.1%"


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
