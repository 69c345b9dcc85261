"""`vaereg.gradient` on PyTorch."""

from __future__ import annotations

from collections.abc import Callable

import keras
import torch

from vaereg.contracts.tensor import Tensor


def gradient(fn: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """See `vaereg.gradient`."""
    # If the caller does not record a graph (validation), the result is never differentiated.
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
