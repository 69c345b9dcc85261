"""The shape of the examples that a user hands to `fit` and the like, compared with the declared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vaereg.contracts.data import DataSpec
from vaereg.errors import DataError


def check_examples(
    x: Any,  # whatever keras.Model.fit takes: arrays, tensors, tf.data, loaders, generators
    spec: DataSpec,
) -> None:
    """Refuses examples of another shape than the declared, where the shape is known before a batch.

    Args:
        x: examples (n, *data), or anything that yields batches of them.
        spec: of the declared data.

    Raises:
        DataError: if the shape is another.
    """
    elements = getattr(x, "element_spec", x)  # of a tf.data.Dataset
    while isinstance(elements, tuple) and elements:
        elements = elements[0]
    check_batch_shape(getattr(elements, "shape", None), spec)


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
