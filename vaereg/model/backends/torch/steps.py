"""The PyTorch train and test step: they only differentiate and apply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import torch
from keras.src.backend.torch.core import get_device

from vaereg.model.backends.torch.optimizers import FASTER  # noqa: F401  # the optimizers ask for it
from vaereg.model.backends.torch.tracing import lowered
from vaereg.model.batch_source import Source


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
            self.count_in(logs | weights, x)
            return self.means()

    def test_step(self: Any, data: Any) -> dict[str, Any]:
        """The logged terms in inference mode, with noise of their own."""
        x = self.examples(data)
        with torch.no_grad():
            _, logs = self.losses(x, training=False)
            self.count_in(logs, x)
            return self.means()

    def make_train_function(self: Any, force: bool = False) -> None:
        """As Keras does, or with a source a call that makes all steps of an item."""
        if self.source is None:
            super().make_train_function(force)  # type: ignore[misc]
        elif self.train_function is None or force:
            self.train_function = ManySteps(self, self.source)


class ManySteps:
    """Makes every step of an item, by the graph of a step where one can be traced.

    Args:
        vae: the model.
        source: where batches come from.
    """

    def __init__(self, vae: Any, source: Source) -> None:
        self._vae = vae
        self._take = None if source.values is None else _gathering(source)
        self._step: Callable[[Any], object] | None = None

    def __call__(self, item: Any) -> dict[str, Any]:
        """All steps of an item out of an iterator; the logs after the last."""
        ((batches, count),) = item
        batches = torch.as_tensor(batches, device=get_device())[: int(count[0])]
        if self._step is None:
            self._step = self._made(batches)
        for batch in batches:
            self._step(batch)
        with torch.no_grad():
            return self._vae.means()

    def _made(self, batches: Any) -> Callable[[Any], object]:
        vae, take = self._vae, self._take

        def step(batch: Any) -> None:
            vae.train_step((batch if take is None else take(batch),))

        if vae.run_eagerly or vae.declaration.train.jit is False:
            return step
        if vae.declaration.train.jit:
            return torch.compile(step)
        made, vae.why_steps_are_slow = lowered(step, vae.all_variables(), (batches[0], batches[-1]))
        return made


def _gathering(source: Source) -> Callable[[Any], Any]:
    """`ArraySplit.take` on the device, of values that are put there once."""
    values = torch.as_tensor(source.values, device=get_device())
    return lambda positions: source.examples(torch.index_select(values, 0, positions))
