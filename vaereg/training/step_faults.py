"""The known faults of a training step, each turned into one error that says what to do."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from vaereg.contracts.tensor import Tensor
from vaereg.errors import ContractError, NotFiniteError, RunError, VaeregError
from vaereg.host.memory import is_out_of_memory
from vaereg.runs.log import FINAL_LOSS
from vaereg.wording import first_lines

FIRST_STEP_ADVICE = (
    "No weight had been updated yet, so the term itself has this value for the model's initial "
    "weights, or for the data. `vaereg check-plugin` tests the laws of the component that the term "
    "belongs to."
)
ADVICE = 'Try a lower learning_rate, clipnorm = 1.0 in the optimizer, or precision = "float32".'


def check_finite(
    terms: Mapping[str, Tensor],
    *,
    epoch: int,
    first_step: int,
    last_step: int,
) -> dict[str, float]:
    """The terms as floats; waits for the device.

    Args:
        terms: name -> running mean, which may not be computed yet.
        epoch: counted from 1.
        first_step, last_step: the steps of the epoch, counted from 1, within which a term that is
            not finite became so.

    Raises:
        NotFiniteError: naming the terms and the steps.
    """
    values = {name: float(value) for name, value in terms.items()}
    broken = {name: value for name, value in values.items() if not math.isfinite(value)}
    if not broken:
        return values
    # The loss is the sum of the other terms, so it is named only if all of them are finite.
    sums = ("loss", FINAL_LOSS)
    named = [name for name in broken if name.removeprefix("val_") not in sums] or list(broken)
    changes = ", ".join(f"{name!r} became {broken[name]}" for name in named)
    steps = f"step {last_step}" if first_step >= last_step else f"steps {first_step} to {last_step}"
    advice = FIRST_STEP_ADVICE if epoch == last_step == 1 else ADVICE
    raise NotFiniteError(f"the loss is not finite: {changes} in epoch {epoch}, {steps}.\n{advice}")


def check_finite_weights(arrays: Mapping[str, np.ndarray], paths: Iterable[str]) -> None:
    """Refuses weights that are not finite.

    Args:
        arrays: the state of a model.
        paths: the paths of the arrays that are weights.

    Raises:
        NotFiniteError: naming the first such weight.
    """
    for path in sorted(paths):
        total = float(np.sum(arrays[path], dtype=np.float64)) if path in arrays else 0.0
        if not math.isfinite(total):
            raise NotFiniteError(f"the weight {path} is no longer finite.\n{ADVICE}")


def explained(error: Exception, batch_size: int) -> VaeregError | None:
    """A backend's exception as an error that says what to do; None if its cause is not known."""
    if is_escaped_tensor(error):
        return _escaped_tensor(error)
    if is_out_of_memory(error):
        return RunError(
            f"out of memory with batch_size = {batch_size}.\n"
            'Lower batch_size, or set precision = "mixed_bfloat16" in [train].'
        )
    return None


def is_escaped_tensor(error: Exception) -> bool:
    """Whether a backend's exception means that a tensor outlived its compiled step."""
    text = str(error)
    return type(error).__name__ == "UnexpectedTracerError" or (
        "<tf.Tensor" in text and "out of scope" in text
    )


def _escaped_tensor(error: Exception) -> ContractError:
    first = first_lines(error)[:200]
    return ContractError(
        "a component keeps a tensor of a compiled step as an attribute, where the next step cannot "
        f"use it.\nThe backend says: {first}\n"
        "Keep such a value in a weight: self.add_weight(..., trainable=False) in __init__, and "
        "self.NAME.assign(...) in the step."
    )
