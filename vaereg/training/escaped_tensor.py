"""How each backend says that a tensor outlived the compiled step it belongs to, in one error."""

from __future__ import annotations

from vaereg.errors import ContractError


def is_escaped_tensor(error: BaseException) -> bool:
    """Whether a backend's exception says so."""
    text = str(error)
    return type(error).__name__ == "UnexpectedTracerError" or (
        "<tf.Tensor" in text and "out of scope" in text
    )


def escaped_tensor(error: BaseException) -> ContractError:
    """The error to tell instead."""
    first = str(error).strip().splitlines()[0][:200]
    return ContractError(
        "a component keeps a tensor of a compiled step as an attribute of itself, where the next "
        f"step cannot use it.\nThe backend says: {first}\n"
        "Keep such a value as a weight: self.add_weight(..., trainable=False) in __init__, and "
        "self.NAME.assign(...) in the step."
    )
