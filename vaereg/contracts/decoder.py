"""The contract of a decoder."""

from __future__ import annotations

from typing import Protocol

from vaereg.contracts.tensor import Tensor


class Decoder(Protocol):
    """A keras.layers.Layer: z (B, *latent) -> outputs (B, *data[:-1], context.channels).

    Outputs are unbounded (no activation at the end): the likelihood gives them their meaning.

    Laws: outputs have this shape for every data shape that the component accepts, and are finite;
    a gradient reaches z.

    A decoder that asks for conditions is told them as the keyword `given`; see `Encoder`.
    """

    def __call__(self, z: Tensor, training: bool = False) -> Tensor: ...
