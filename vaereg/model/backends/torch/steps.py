"""The PyTorch train and test step: they only differentiate and apply."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from keras.src.backend.torch.core import get_device

from vaereg.contracts.tensor import Tensor
from vaereg.model.backends.torch.tracing import lowered
from vaereg.model.batch_source import BatchSource
from vaereg.model.players_model import PlayersModel


class BackendSteps(PlayersModel):
    """The steps of VAE."""

    def train_step(self, data: object) -> dict[str, Tensor]:
        """One update of every player; returns the running means of the logged terms."""
        x = self.unpack_batch(data)
        losses = self.losses(x, training=True)
        gradients: list[Sequence[Tensor | None]] = []
        for position, loss in enumerate(losses.losses, start=1):
            variables = self.variables_of(loss)
            moved = [v.value for v in variables if v.trainable]  # the user may have frozen some
            if not moved or not loss.value.requires_grad:
                gradients.append([None] * len(variables))
                continue
            pulled = iter(
                torch.autograd.grad(
                    self.optimizer.scale_loss(loss.value),
                    moved,
                    retain_graph=position < len(losses.losses),
                    allow_unused=True,
                )
            )
            gradients.append([next(pulled) if v.trainable else None for v in variables])
        with torch.no_grad():
            return self.apply_gradients(losses, gradients, x)

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
        batches = torch.as_tensor(batches, device=get_device())[: int(count[0])]
        if self._step is None:
            self._step = self._compiled_step(batches)
        for batch in batches:
            self._step(batch)
        with torch.no_grad():
            return self._vae.means()

    def _compiled_step(self, batches: Tensor) -> Callable[[Tensor], object]:
        vae, take = self._vae, self._take

        def step(batch: Tensor) -> None:
            vae.train_step((batch if take is None else take(batch),))

        if vae.run_eagerly or vae.declaration.train.jit is False:
            return step
        if vae.declaration.train.jit:
            compiled: Callable[[Tensor], object] = torch.compile(step)
            return compiled
        made, vae.eager_reason = lowered(step, vae.all_variables(), (batches[0], batches[-1]))
        return made


def _gathering(source: BatchSource) -> Callable[[Tensor], Tensor]:
    """`ArraySplit.take` on the device, on values that are put there once."""
    values = torch.as_tensor(source.values, device=get_device())
    return lambda positions: source.in_range(torch.index_select(values, 0, positions))
