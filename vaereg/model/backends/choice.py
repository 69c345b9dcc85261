"""What the active backend offers besides steps: a differentiable gradient, faster optimizers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

import keras

from vaereg.contracts.tensor import Tensor
from vaereg.errors import BackendError


class BackendPackage(Protocol):
    """A package of this folder: `vaereg.model.backends.tensorflow`, `.jax` or `.torch`."""

    @property
    def FASTER(self) -> Mapping[type, type]:  # noqa: N802  # a constant of the package
        """Optimizers of Keras -> equal ones that are faster on this backend."""
        ...

    def gradient(self, fn: Callable[[Tensor], Tensor], x: Tensor, /) -> Tensor:
        """See `vaereg.gradient`."""
        ...

    def without_gradients(self) -> AbstractContextManager[None]:
        """Within, nothing is recorded for gradients."""
        ...


def gradient(fn: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """The gradient of sum(fn(x)) with respect to x; itself differentiable.

    For per-example penalties (R1, gradient penalties), `fn` maps (B, ...) to (B, ...), and row i of
    its result depends only on row i of x. Row i of the gradient is then that of row i's sum alone.

    Args:
        fn: a function of one tensor, composed of keras.ops and layers.
        x: a float tensor.

    Returns:
        A tensor shaped like x.
    """
    return chosen_backend().gradient(fn, x)


def chosen_backend() -> BackendPackage:
    """The package of the active backend.

    Raises:
        vaereg.BackendError: on a backend without automatic differentiation.
    """
    name = keras.backend.backend()
    if name == "tensorflow":
        from vaereg.model.backends import tensorflow

        return tensorflow
    if name == "jax":
        from vaereg.model.backends import jax

        return jax
    if name == "torch":
        from vaereg.model.backends import torch

        return torch
    raise BackendError(
        f"the Keras backend {name!r} cannot train; set KERAS_BACKEND to tensorflow, jax or torch."
    )
