"""The conditions of a batch, from the second value that `fit` and the like take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import ops

from vaereg.assembly.parts import Parts
from vaereg.contracts.conditions import Condition, Given
from vaereg.contracts.tensor import Tensor
from vaereg.errors import DataError
from vaereg.model.given_examples import check_batch_shape
from vaereg.wording import listed


def unpacked_batch(data: object, parts: Parts) -> tuple[Tensor, Given]:
    """The batch (B, *data), float32, and its conditions, from what Keras passes to a step.

    Raises:
        DataError: if their shapes are not those of the declared data, or a condition is missing.
    """
    x, y, _ = keras.utils.unpack_x_y_sample_weight(data)
    check_batch_shape(getattr(x, "shape", None), parts.data_spec)
    given = conditions_of_batch(y, parts.conditions)
    return ops.cast(ops.convert_to_tensor(x), "float32"), given


def conditions_of_batch(
    y: Any,  # whatever Keras passes as the second value of a batch
    conditions: Sequence[Condition],
) -> Given:
    """The conditions that the model is told, by name, (B, *shape): int32 classes, float32 others.

    Args:
        y: a mapping of names to values, or the values themselves if the model is told one
            condition; ignored if it is told none.
        conditions: what the model is told.

    Raises:
        DataError: if a condition is missing, or has another shape.
    """
    if not conditions:
        return {}
    named = named_conditions(y, conditions)
    found = {}
    for each in conditions:
        values = ops.convert_to_tensor(named[each.name])
        if len(values.shape) == 2 + len(each.shape) and values.shape[-1] == 1:
            values = values[..., 0]  # as Keras gives a column of labels
        if tuple(values.shape[1:]) != each.shape:
            raise DataError(
                f"the condition {each.name!r} must have shape {_written(each)}; got "
                f"{tuple(values.shape)}"
            )
        found[each.name] = ops.cast(values, each.dtype)
    return found


def named_conditions(
    y: Any,  # as above
    conditions: Sequence[Condition],
) -> Mapping[str, Any]:  # arrays or tensors
    """The conditions by name.

    Raises:
        DataError: if one is missing.
    """
    if isinstance(y, Mapping):
        missing = [each.name for each in conditions if each.name not in y]
        if not missing:
            return y
        raise DataError(
            f"the model is told {listed(each.name for each in conditions)}; the conditions of the "
            f"batch lack {listed(missing)}"
        )
    if y is None:
        raise DataError(
            f"the model is told {listed(each.name for each in conditions)} of each example.\n"
            f"Pass the conditions after the examples: fit(x, {_example(conditions)}), or batches "
            "of pairs (x, conditions)."
        )
    if len(conditions) > 1:
        raise DataError(
            f"the model is told {len(conditions)} conditions; pass them by name: fit(x, "
            f"{_example(conditions)})"
        )
    return {conditions[0].name: y}


def _example(conditions: Sequence[Condition]) -> str:
    return "{" + ", ".join(f"{each.name!r}: ..." for each in conditions) + "}"


def _written(condition: Condition) -> str:
    return "(" + ", ".join(["n", *map(str, condition.shape)]) + "," * (not condition.shape) + ")"
