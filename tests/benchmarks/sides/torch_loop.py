"""PyTorch's side: the modules and the eager loop that one writes by hand."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  # as PyTorch's own documents have it
from torch import nn

from tests.benchmarks.sides.examples import Order, as_floats
from tests.benchmarks.sides.networks import LEARNING_RATE, Network, Weights


class Encoder(nn.Module):
    """Mean and log-variance of the posterior (B, latent) of x (B, *channels first)."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        if network.convolutional:
            sizes = (network.shape[-1], *network.widths)
            layers = [nn.Conv2d(i, o, 3, stride=2, padding=1) for i, o in pairwise(sizes)]
            features = math.prod(network.grid)
        else:
            sizes = (network.dimensions, *network.widths)
            layers = [nn.Linear(i, o) for i, o in pairwise(sizes)]
            features = network.widths[-1]
        self.flat = not network.convolutional
        self.layers = nn.ModuleList(layers)
        self.mean = nn.Linear(features, network.latent)
        self.log_var = nn.Linear(features, network.latent)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Both heads."""
        if self.flat:
            x = x.flatten(1)
        for layer in self.layers:
            x = F.relu(layer(x))
        x = x.flatten(1)
        return self.mean(x), self.log_var(x)


class Decoder(nn.Module):
    """Logits (B, *channels first) of z (B, latent)."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.shape = channels_first(network.shape)
        self.grid: tuple[int, ...] = ()
        if not network.convolutional:
            sizes = (network.latent, *reversed(network.widths))
            layers = [nn.Linear(i, o) for i, o in pairwise(sizes)]
            self.layers = nn.ModuleList(layers)
            self.outputs: nn.Module = nn.Linear(sizes[-1], network.dimensions)
            return
        self.grid = channels_first(network.grid)
        self.from_latent = nn.Linear(network.latent, math.prod(self.grid))
        sizes = (network.widths[-1], *reversed(network.widths))
        self.layers = nn.ModuleList(
            nn.ConvTranspose2d(i, o, 4, stride=2, padding=1) for i, o in pairwise(sizes)
        )
        self.outputs = nn.Conv2d(network.widths[0], network.shape[-1], 3, padding=1)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """The logits."""
        if self.grid:
            z = F.relu(self.from_latent(z)).unflatten(1, self.grid)
        for layer in self.layers:
            z = F.relu(layer(z))
        return self.outputs(z).reshape(-1, *self.shape)


class Vae(nn.Module):
    """-ELBO, averaged over the batch, and the logits of the reconstructions."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.encoder = Encoder(network)
        self.decoder = Decoder(network)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The loss and the logits."""
        mean, log_var = (head.float() for head in self.encoder(x))
        z = mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)
        logits = self.decoder(z).float()
        cross_entropy = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
        kl = 0.5 * torch.sum(mean**2 + torch.exp(log_var) - 1.0 - log_var)
        return (cross_entropy + kl) / len(x), logits


def channels_first(shape: tuple[int, ...]) -> tuple[int, ...]:
    """(H, W, C) -> (C, H, W); vectors stay as they are."""
    return (shape[-1], *shape[:-1])


def load(encoder: Any, decoder: Any, network: Network, first: Weights) -> None:
    """Gives both their first weights, turned from Keras's layout into PyTorch's."""
    layers = {f"encoder_{i}": layer for i, layer in enumerate(encoder.layers)}
    layers.update(mean=encoder.mean, log_var=encoder.log_var)
    if network.convolutional:
        layers["from_latent"] = decoder.from_latent
    layers.update({f"decoder_{i}": layer for i, layer in enumerate(decoder.layers)})
    layers["outputs"] = decoder.outputs
    for name, layer in layers.items():
        kernel, bias = first[f"{name}_kernel"], first[f"{name}_bias"]
        if network.convolutional and name in ("mean", "log_var"):  # rows are (h, w, c)
            kernel = kernel.reshape(*network.grid, -1).transpose(2, 0, 1, 3)
            kernel = kernel.reshape(-1, network.latent)
        if network.convolutional and name == "from_latent":  # columns are (h, w, c)
            kernel = kernel.reshape(-1, *network.grid).transpose(0, 3, 1, 2)
            kernel = kernel.reshape(network.latent, -1)
            bias = bias.reshape(network.grid).transpose(2, 0, 1).reshape(-1)
        give(layer, kernel, bias)


def give(layer: Any, kernel: np.ndarray, bias: np.ndarray) -> None:
    """Sets a layer's weights.

    A kernel (k, k, i, o) becomes (o, i, k, k), one of a transposed convolution (k, k, o, i)
    becomes (i, o, k, k): both have their last axis first.
    """
    turned = kernel.T if kernel.ndim == 2 else kernel.transpose(3, 2, 0, 1)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(turned.copy()))
        layer.bias.copy_(torch.tensor(bias.copy()))


def count(module: nn.Module) -> int:
    """How many weights it has."""
    return sum(parameter.numel() for parameter in module.parameters())


class TorchLoop:
    """A VAE in an eager loop.

    Args:
        network: what is trained.
        values: the examples, uint8.
        first: the weights to begin with.
        fused: asks torch.optim.Adam for its fused kernel, which is not its default here.
        device: that it computes on; the examples lie there, too.
        bfloat16: whether it runs under autocast; the weights are kept in float32.
        channels_last: whether images lie in memory as matrix units like them.
    """

    def __init__(
        self,
        network: Network,
        values: np.ndarray,
        first: Weights,
        *,
        fused: bool = False,
        device: str = "cpu",
        bfloat16: bool = False,
        channels_last: bool = False,
    ) -> None:
        self.batch_size = network.batch_size
        self._order = Order(len(values), network.batch_size)
        self.steps = self._order.steps
        layout = torch.channels_last if channels_last else torch.preserve_format
        self._device, self._bfloat16 = device, bfloat16
        self._values = tensor(values).to(device, memory_format=layout)
        self._vae = Vae(network)
        load(self._vae.encoder, self._vae.decoder, network, first)
        self._vae.to(device, memory_format=layout)
        self.weights = count(self._vae)
        self._optimizer = torch.optim.Adam(
            self._vae.parameters(), lr=LEARNING_RATE, fused=fused or None
        )

    def train(self, epochs: int) -> list[float]:
        """The mean loss of each epoch, fetched at its end."""
        means = []
        for _ in range(epochs):
            losses = []
            for at in torch.from_numpy(self._order.epoch()).to(self._device):
                loss = self._loss(self._values[at])
                self._optimizer.zero_grad()
                loss.backward()
                self._optimizer.step()
                losses.append(loss.detach())
            means.append(float(torch.stack(losses).mean()))
        return means

    def _loss(self, x: torch.Tensor) -> torch.Tensor:
        if not self._bfloat16:
            return self._vae(x)[0]
        with torch.autocast(self._device, torch.bfloat16):
            return self._vae(x)[0]


def tensor(values: np.ndarray) -> torch.Tensor:
    """The examples as floats, channels first."""
    floats = as_floats(values)
    if floats.ndim == 4:
        floats = np.ascontiguousarray(floats.transpose(0, 3, 1, 2))
    return torch.from_numpy(floats)
