"""The contract of a discriminator."""

from __future__ import annotations

from typing import Protocol

from vaereg.contracts.step import Step
from vaereg.contracts.tensor import Tensor


class Discriminator(Protocol):
    """A keras.layers.Layer that is trained against the VAE and chooses what to compare.

    The engine routes gradients: `critic_loss` updates only this layer's variables, and
    `generator_loss` only the VAE's, so neither needs stop_gradient. Use `step.shared` to share
    computations between the two.

    Laws: both losses are finite and have shape (B,); a lower generator_loss means that the VAE
    fools the critic better.

    A discriminator that asks for conditions finds them in `step.given`; others find it empty.

    It may also have `diagnostics(step) -> {name: (B,)}`, such as the accuracy on real and on fake
    data, logged as `<key>_<name>`.
    """

    def critic_loss(self, step: Step) -> Tensor: ...

    def generator_loss(self, step: Step) -> Tensor: ...
