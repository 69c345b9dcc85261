"""The examples that a user hands to `fit` and the like: their shape, and how many they are."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from itertools import chain
from types import GeneratorType
from typing import Any

import attrs
import keras
import numpy as np

from vaereg.contracts.data import DataSpec
from vaereg.errors import DataError

MOST_LOOKED_AT = 4096
"""Of how many examples the values are looked at, about."""

SLACK = 1e-3
"""How far beyond the range values may lie untold, as a share of its width: float32 rounds."""


def check_examples(
    x: Any,  # whatever keras.Model.fit takes: arrays, tensors, tf.data, loaders, generators
    spec: DataSpec,
) -> None:
    """Refuses examples of another shape than the declared, where the shape is known before a batch.

    Of arrays in memory, the values are looked at too: masked ones are refused, since Keras would
    use what lies under the mask; a Python warning tells values beyond the range of the data.

    Args:
        x: examples (n, *data), or anything that yields batches of them.
        spec: of the declared data.

    Raises:
        DataError: if the shape is another, or values are masked.
    """
    elements = getattr(x, "element_spec", x)  # of a tf.data.Dataset
    while isinstance(elements, tuple) and elements:
        elements = elements[0]
    check_batch_shape(getattr(elements, "shape", None), spec)
    if isinstance(elements, np.ndarray):
        _check_values(elements, spec)


def _check_values(x: np.ndarray, spec: DataSpec) -> None:
    """Refuses masked values, and warns of others that the data cannot have."""
    refuse_masked(x)
    if x.dtype.kind not in "fiu" or not x.size:
        return
    some = x[:: max(1, len(x) // MOST_LOOKED_AT)]
    low, high = float(some.min()), float(some.max())
    if not math.isfinite(low) or not math.isfinite(high):
        warnings.warn("some of the examples are NaN or infinite", stacklevel=4)
    elif spec.value_range is not None:
        bottom, top = spec.value_range
        slack = SLACK * (top - bottom)
        if low < bottom - slack or high > top + slack:
            warnings.warn(
                f"the examples have values from {low:g} to {high:g}, but the data of this model "
                f"has values from {bottom:g} to {top:g}; they are used as they are, not scaled",
                stacklevel=4,
            )


def refuse_masked(*given: object) -> None:
    """Refuses arrays with masked values, of which Keras would use what lies under the mask.

    Raises:
        DataError: if one has such values.
    """
    for x in given:
        if isinstance(x, np.ma.MaskedArray) and np.ma.is_masked(x):
            raise DataError(
                f"{np.count_nonzero(x.mask)} of {x.size} values are masked, and would be used as "
                "they lie under the mask.\nFill them in with x.filled(value), or leave out these "
                "examples."
            )


def check_batch_shape(
    shape: Any,  # of a tensor of any backend; TensorFlow's may be unknown
    spec: DataSpec,
) -> None:
    """Refuses a batch (B, *data) of another shape than the declared.

    Args:
        shape: of the batch, as far as it is known.
        spec: of the declared data.

    Raises:
        DataError: if the shape is another.
    """
    found = _known(shape)
    if found is None:
        return
    given, wanted = found[1:], tuple(spec.shape)
    if len(given) == len(wanted) and all(
        g is None or g == w for g, w in zip(given, wanted, strict=True)
    ):
        return
    hint = "Convert the examples, or declare data of their shape."
    if given == wanted[:-1] and wanted[-1] == 1:
        hint = "Add the last axis: x[..., None]."
    elif found == wanted:
        hint = "Add the axis of the batch: x[None]."
    raise DataError(
        f"the model takes batches of shape {_written((None, *wanted))}; got {_written(found)}.\n"
        f"{hint}"
    )


@attrs.frozen(kw_only=True)
class GivenExamples:
    """How many examples a user hands to `fit`.

    Args:
        count: their number; 0 if it is not known.
        batch: the number of examples in a batch; 0 if it is not known.
    """

    count: int = 0
    batch: int = 0

    def in_steps(self, steps: int) -> int:
        """The number of examples in an epoch of so many steps; 0 if it is not known."""
        return self.count or self.batch * steps


def given_examples(
    x: Any,  # as for `check_examples`
    validation_split: float,
) -> tuple[GivenExamples, Any]:  # the second as x
    """Counts the examples of an epoch as far as this is known beforehand.

    Args:
        x: examples (n, *data), or anything that yields batches of them.
        validation_split: the share of an array that Keras holds out.

    Returns:
        Their number, and x. Of a generator the first batch is taken, and given back in a new one.
    """
    if isinstance(x, GeneratorType):
        first = [*_up_to_one(x)]
        batch = _length(first[0]) if first else 0
        return GivenExamples(batch=batch), (each for each in chain(first, x))
    if hasattr(x, "sampler") and hasattr(x, "dataset"):  # a loader of PyTorch
        return GivenExamples(count=_len(x.sampler), batch=x.batch_size or 0), x
    if isinstance(x, keras.utils.PyDataset):
        steps, batch = x.num_batches, _length(x[0])
        count = (steps - 1) * batch + _length(x[steps - 1]) if steps else 0
        return GivenExamples(count=count, batch=batch), x
    if hasattr(x, "element_spec"):  # a tf.data.Dataset
        batch = _length(x.element_spec)
        if not batch and hasattr(x, "take"):
            batch = _length(next(iter(x.take(1)), ()))
        return GivenExamples(batch=batch), x
    count = _length(x) if hasattr(x, "shape") else 0
    return GivenExamples(count=math.floor(count * (1.0 - validation_split))), x


def _up_to_one(generator: Iterator[object]) -> Iterator[object]:
    for each in generator:
        yield each
        return


def _len(sized: Any) -> int:  # whatever may have a length
    """Its length; 0 if it has none."""
    try:
        return len(sized)
    except (TypeError, NotImplementedError):
        return 0


def _length(batch: Any) -> int:  # a tensor of any backend, or a tuple that begins with one
    """The number of examples in a batch; 0 if it is not known."""
    while isinstance(batch, tuple | list) and batch:
        batch = batch[0]
    found = _known(getattr(batch, "shape", None))
    return (found[0] or 0) if found else 0


def _known(shape: Any) -> tuple[int | None, ...] | None:  # as above
    """The lengths of the axes, None for an unknown one; None if their number is unknown."""
    if shape is None or callable(shape):
        return None
    try:
        return tuple(None if length is None else int(length) for length in shape)
    except (TypeError, ValueError):  # a TensorFlow shape of unknown rank
        return None


def _written(shape: Sequence[int | None]) -> str:
    lengths = ", ".join("n" if length is None else str(length) for length in shape)
    return f"({lengths},)" if len(shape) == 1 else f"({lengths})"
