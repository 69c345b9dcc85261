"""The contract of a discriminator."""

from __future__ import annotations

from typing import Protocol

from vaereg.contracts.step import Step
from vaereg.contracts.tensor import Tensor


class Discriminator(Protocol):
    """A keras.layers.Layer that is trained against the VAE; it decides what to compare.

    The engine routes gradients: `critic_loss` moves this layer's variables alone and
    `generator_loss` the VAE's alone, so neither needs stop_gradient. Share work between the two
    with `step.shared`.

    Laws: both losses are finite, shape (B,); a falling generator_loss means that the critic is
    fooled more.

    It may also offer `diagnostics(step) -> {name: (B,)}`, logged under `<key>_<name>`, such as
    the accuracy on real and on fake data.
    """

    def critic_loss(self, step: Step) -> Tensor: ...

    def generator_loss(self, step: Step) -> Tensor: ...
