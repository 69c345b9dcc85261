"""Maps from a decoder's unbounded outputs to means in the data's range."""

from __future__ import annotations

from collections.abc import Callable

from keras import ops

import vaereg


def into_range(
    activation: str, value_range: tuple[float, float] | None, component: str
) -> Callable[[vaereg.Tensor], vaereg.Tensor]:
    """Returns the function that maps outputs to means.

    Args:
        activation: "sigmoid" or "tanh", scaled to the value range; "linear", which does not change
            outputs; or "auto": tanh for the range (-1, 1), sigmoid for any other range, and linear
            for unbounded data.
        value_range: the data's range, or None if unbounded.
        component: the likelihood's name, for the message.

    Raises:
        ValueError: for an activation that needs a range if the data is unbounded.
    """
    if activation == "auto":
        if value_range is None:
            activation = "linear"
        else:
            activation = "tanh" if tuple(value_range) == (-1.0, 1.0) else "sigmoid"
    if activation == "linear":
        return lambda outputs: outputs
    if value_range is None:
        raise ValueError(
            f"likelihood {component!r}: activation = {activation!r} needs data with a finite value "
            f'range, but this data is unbounded. Use activation = "linear" or "auto".'
        )
    low, high = value_range
    if activation == "tanh":
        middle, half = (low + high) / 2, (high - low) / 2
        return lambda outputs: middle + half * ops.tanh(outputs)
    return lambda outputs: low + (high - low) * ops.sigmoid(outputs)
