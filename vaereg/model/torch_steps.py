"""The PyTorch train and test step: they only differentiate and apply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import torch


def gradient(fn: Callable[[Any], Any], x: Any) -> Any:
    """See `vaereg.gradient`."""
    # Where the caller does not record a graph (validation), nobody will differentiate the result.
    keep_graph = torch.is_grad_enabled()
    with torch.enable_grad():
        x = keras.ops.convert_to_tensor(x)
        if not x.requires_grad:
            x = x.detach().requires_grad_()
        total = torch.sum(fn(x))
        if not total.requires_grad:
            return torch.zeros_like(x)
        (result,) = torch.autograd.grad(total, x, create_graph=keep_graph, allow_unused=True)
    return torch.zeros_like(x) if result is None else result


class BackendSteps:
    """Mixed into VAE."""

    def train_step(self: Any, data: Any) -> dict[str, Any]:
        """One update of every player; returns the running means of the logged terms."""
        x = self.examples(data)
        losses, logs = self.losses(x, training=True)
        gradients: dict[str, Any] = {}
        for position, (key, loss) in enumerate(losses.items(), start=1):
            variables = [v.value for v in self.variables_of(key)]
            if not variables or not loss.requires_grad:
                gradients[key] = [None] * len(variables)
                continue
            gradients[key] = torch.autograd.grad(
                self.optimizer.scale_loss(loss),
                variables,
                retain_graph=position < len(losses),
                allow_unused=True,
            )
        with torch.no_grad():
            updates, weights = self.route(gradients)
            self.optimizer.apply(updates, self.trainable_variables)
            self.after_update()
            return self.track(logs | weights, x)

    def test_step(self: Any, data: Any) -> dict[str, Any]:
        """The logged terms in inference mode, with noise of their own."""
        x = self.examples(data)
        with torch.no_grad():
            _, logs = self.losses(x, training=False)
            return self.track(logs, x)
