"""PyTorch's side of the VAE-GAN: one forward pass, two backward ones, two optimizers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  # as PyTorch's own documents have it
from torch import nn

from tests.benchmarks.sides.adversarial import (
    CRITIC,
    CRITIC_BETA,
    CRITIC_RATE,
    NETWORK,
    SLOPE,
    WEIGHT,
    Kept,
    both_weights,
)
from tests.benchmarks.sides.examples import Order
from tests.benchmarks.sides.networks import LEARNING_RATE
from tests.benchmarks.sides.torch_loop import Vae, count, give, load, tensor


class Critic(nn.Module):
    """A score for each patch (B, 1, h, w) of images in [0, 1]."""

    def __init__(self) -> None:
        super().__init__()
        sizes = (NETWORK.shape[-1], *CRITIC)
        self.layers = nn.ModuleList(
            nn.Conv2d(i, o, 4, stride=2, padding=1) for i, o in pairwise(sizes)
        )
        self.score = nn.Conv2d(CRITIC[-1], 1, 4, padding="same")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The scores."""
        h = 2.0 * x - 1.0
        for layer in self.layers:
            h = F.leaky_relu(layer(h), SLOPE)
        return self.score(h)


class TorchAdversarialLoop(Kept):
    """A VAE-GAN in an eager loop.

    Both players are updated from one forward pass, in which the critic sees every image once.

    Args:
        values: the examples, uint8.
        fused: asks torch.optim.Adam for its fused kernel, which is not its default here.
    """

    def __init__(self, values: np.ndarray, *, fused: bool = False) -> None:
        super().__init__()
        first, critic_first = both_weights()
        self.batch_size = NETWORK.batch_size
        self._order = Order(len(values), self.batch_size)
        self.steps = self._order.steps
        self._values = tensor(values)
        self._vae, self._critic = Vae(NETWORK), Critic()
        load(self._vae.encoder, self._vae.decoder, NETWORK, first)
        layers = {f"critic_{i}": layer for i, layer in enumerate(self._critic.layers)}
        for name, layer in {**layers, "score": self._critic.score}.items():
            give(layer, critic_first[f"{name}_kernel"], critic_first[f"{name}_bias"])
        self.weights = count(self._vae) + count(self._critic)
        self._ours = list(self._vae.parameters())
        self._theirs = list(self._critic.parameters())
        self._optimizer = torch.optim.Adam(self._ours, lr=LEARNING_RATE, fused=fused or None)
        self._critic_optimizer = torch.optim.Adam(
            self._theirs, lr=CRITIC_RATE, betas=(CRITIC_BETA, 0.999), fused=fused or None
        )

    def train(self, epochs: int) -> list[float]:
        """The VAE's mean loss of each epoch, without the critic's opinion."""
        means = []
        for _ in range(epochs):
            losses = [self._step(self._values[at]) for at in torch.from_numpy(self._order.epoch())]
            bounds, critics = torch.stack(losses).T.numpy()
            means.append(self.close(bounds, critics))
        return means

    def _step(self, x: torch.Tensor) -> torch.Tensor:
        own, logits = self._vae(x)
        drawn = self._vae.decoder(torch.randn(len(x), NETWORK.latent))
        fakes = torch.sigmoid(torch.cat([logits, drawn]))
        scores = self._critic(torch.cat([x, fakes]))
        real, fake = scores[: len(x)], scores[len(x) :]
        loss = own - WEIGHT * fake.mean()
        critic = F.relu(1.0 - real).mean() + F.relu(1.0 + fake).mean()
        self._optimizer.zero_grad()
        self._critic_optimizer.zero_grad()
        loss.backward(inputs=self._ours, retain_graph=True)
        critic.backward(inputs=self._theirs)
        self._optimizer.step()
        self._critic_optimizer.step()
        return torch.stack([own.detach(), critic.detach()])
