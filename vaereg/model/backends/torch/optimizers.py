"""Keras's optimizers on PyTorch: Adam in one pass over each variable, and SGD without waiting."""

from __future__ import annotations

from typing import Any

import keras
import torch
from keras import ops
from keras.src.backend.torch.optimizers import torch_adam, torch_sgd

from vaereg.contracts.tensor import Tensor

Library: Any = torch.library.Library  # its methods have no types
LIBRARY = Library("vaereg_updates", "DEF")
LIBRARY.define(
    "adam_(Tensor(a!)[] variables, Tensor[] gradients, Tensor(b!)[] momentums, "
    "Tensor(c!)[] velocities, Tensor iterations, Tensor learning_rate, float beta_1, float beta_2, "
    "float epsilon) -> ()"
)


def _adam(
    variables: list[torch.Tensor],
    gradients: list[torch.Tensor],
    momentums: list[torch.Tensor],
    velocities: list[torch.Tensor],
    iterations: torch.Tensor,
    learning_rate: torch.Tensor,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> None:
    step = int(iterations) + 1
    counted = torch.tensor(float(step))
    torch._fused_adam_(
        variables,
        gradients,
        momentums,
        velocities,
        [],
        [counted] * len(variables),
        lr=float(learning_rate),
        beta1=beta_1,
        beta2=beta_2,
        weight_decay=0.0,
        # Keras adds epsilon to the root of the velocity, PyTorch to that of the corrected velocity.
        eps=epsilon / (1.0 - beta_2**step) ** 0.5,
        amsgrad=False,
        maximize=False,
    )


LIBRARY.impl("adam_", _adam, "CPU")


class Adam(torch_adam.Adam):
    """Keras's Adam in one pass over each variable, equal up to rounding."""

    def _parallel_update_step(
        self, grads: list[Tensor], variables: list[keras.Variable], learning_rate: Tensor
    ) -> None:
        """Updates variables and moments (Kingma & Ba 2015, arXiv:1412.6980, sec. 2)."""
        tensors = [variable.value for variable in variables]
        plain = all(t.dtype == torch.float32 and t.device.type == "cpu" for t in tensors)
        if self.amsgrad or not plain:
            # On a GPU, the number of the step would have to be copied to the host.
            super()._parallel_update_step(grads, variables, learning_rate)
            return
        indices = [self._get_variable_index(variable) for variable in variables]
        torch.ops.vaereg_updates.adam_(
            tensors,
            [gradient.to(torch.float32).contiguous() for gradient in grads],
            [self._momentums[index].value for index in indices],
            [self._velocities[index].value for index in indices],
            ops.convert_to_tensor(self.iterations),
            ops.cast(learning_rate, "float32"),
            self.beta_1,
            self.beta_2,
            self.epsilon,
        )


class AdamW(Adam, keras.optimizers.AdamW):
    """Keras's AdamW, with the update of `Adam`."""


class SGD(torch_sgd.SGD):
    """Keras's SGD, but the learning rate stays a tensor, so a traced step follows it."""

    def _parallel_update_step(
        self, grads: list[Tensor], variables: list[keras.Variable], rate: Tensor
    ) -> None:
        scaled = torch._foreach_mul(grads, ops.cast(rate, "float32"))
        super()._parallel_update_step(scaled, variables, 1.0)


FASTER = {
    keras.optimizers.Adam: Adam,
    keras.optimizers.AdamW: AdamW,
    keras.optimizers.SGD: SGD,
}
"""Optimizers of Keras -> faster equivalents on this backend."""
