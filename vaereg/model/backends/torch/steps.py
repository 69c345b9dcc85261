"""The PyTorch train and test step: they only differentiate and apply."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import keras
import torch
from keras.src.backend.torch.core import get_device

from vaereg.contracts.tensor import Tensor
from vaereg.model.backends.torch.subnormals import drop_subnormals
from vaereg.model.backends.torch.tracing import lowered
from vaereg.model.batch_source import BatchSource, as_batch
from vaereg.model.engine.engine import Engine


class BackendSteps(Engine):
    """The steps of an engine."""

    def train_step(self, data: object) -> dict[str, Tensor]:
        """One update of every player; returns the running means of the logged terms."""
        x, given = self.unpack_batch(data)
        losses = self.losses(x, training=True, given=given)
        gradients: list[Sequence[Tensor | None]] = []
        for position, loss in enumerate(losses.losses, start=1):
            variables = self.variables_of(loss)
            moved = [v.value for v in variables if v.trainable]  # the user may have frozen some
            outputs = [o for o in self.outputs_of(loss, losses.outputs) if o.requires_grad]
            if not moved or not loss.value.requires_grad:
                gradients.append([None] * len(variables))
                continue
            pulled = iter(
                torch.autograd.grad(
                    self.optimizer.scale_loss(loss.value),
                    [*moved, *outputs],
                    retain_graph=position < len(losses.losses),
                    allow_unused=True,
                )
            )
            gradients.append([*(next(pulled) if v.trainable else None for v in variables), *pulled])
        with torch.no_grad():
            logs = self.apply_gradients(losses, gradients, x)
            drop_subnormals(self.optimizer.variables, self.global_step.value)
            return logs

    def test_step(self, data: object) -> dict[str, Tensor]:
        """The logged terms in inference mode, with separate noise."""
        with torch.no_grad():
            return self.log_without_update(data)

    def steps_of_chunks(self, source: BatchSource) -> Callable[..., object]:
        """A function that makes every step of a chunk."""
        return ManySteps(self, source)


class ManySteps:
    """Makes every step of a chunk, with the graph of a step if one can be traced.

    Args:
        vae: the model.
        source: where batches come from.
    """

    def __init__(self, vae: BackendSteps, source: BatchSource) -> None:
        self._vae = vae
        self._take = None if source.values is None else _gathering(source)
        self._step: Callable[[Tensor], object] | None = None

    def __call__(self, chunks: Iterator[tuple[Tensor, Tensor]]) -> dict[str, Tensor]:
        """Makes all steps of the only chunk in `chunks`; returns the logs after the last step."""
        ((batches, count),) = chunks
        steps = int(count[0])
        batches = keras.tree.map_structure(
            lambda each: torch.as_tensor(each, device=get_device())[:steps], batches
        )
        if self._step is None:
            self._step = self._compiled_step(_at(batches, 0), _at(batches, steps - 1))
        for number in range(steps):
            self._step(_at(batches, number))
        with torch.no_grad():
            return self._vae.means()

    def _compiled_step(self, first: Tensor, last: Tensor) -> Callable[[Tensor], object]:
        vae, take = self._vae, self._take

        def step(batch: Tensor) -> None:
            vae.train_step(as_batch(batch) if take is None else take(batch))

        if vae.run_eagerly or vae.settings.jit is False:
            return step
        if vae.settings.jit:
            compiled: Callable[[Tensor], object] = torch.compile(step)
            return compiled
        made, vae.eager_reason = lowered(step, vae.all_variables(), (first, last))
        return made


def _at(batches: Tensor, number: int) -> Tensor:
    """One of the batches, with its conditions if they have any."""
    return keras.tree.map_structure(lambda each: each[number], batches)


def _gathering(source: BatchSource) -> Callable[[Tensor], tuple[Tensor, ...]]:
    """`ArraySplit.take`, with conditions, on the device, on values that are put there once."""
    values = torch.as_tensor(source.values, device=get_device())
    given = {name: torch.as_tensor(v, device=get_device()) for name, v in source.given.items()}

    def take(positions: Tensor) -> tuple[Tensor, ...]:
        x = source.in_range(torch.index_select(values, 0, positions))
        told = {name: torch.index_select(each, 0, positions) for name, each in given.items()}
        return (x, told) if told else (x,)

    return take
