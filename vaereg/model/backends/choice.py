"""The backend-neutral, differentiable gradient that components may use inside a loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras


def gradient(fn: Callable[[Any], Any], x: Any) -> Any:
    """The gradient of sum(fn(x)) with respect to x; itself differentiable.

    For per-example penalties (R1, gradient penalties) `fn` maps (B, ...) to (B, ...) where row i
    depends on row i of x alone; then row i of the result is the gradient of that row's sum.

    Args:
        fn: a function of one tensor, made of keras.ops and layers.
        x: a float tensor.

    Returns:
        A tensor shaped like x.
    """
    return backend_module().gradient(fn, x)


def backend_module() -> Any:
    """The module with this backend's gradient and train step.

    Raises:
        vaereg.BackendError: on a backend without automatic differentiation.
    """
    name = keras.backend.backend()
    if name == "tensorflow":
        from vaereg.model.backends.tensorflow import steps as tensorflow_steps

        return tensorflow_steps
    if name == "jax":
        from vaereg.model.backends.jax import steps as jax_steps

        return jax_steps
    if name == "torch":
        from vaereg.model.backends.torch import steps as torch_steps

        return torch_steps
    from vaereg.errors import BackendError

    raise BackendError(
        f"the Keras backend {name!r} cannot train; set KERAS_BACKEND to tensorflow, jax or torch."
    )
