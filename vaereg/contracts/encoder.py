"""The contract of an encoder."""

from __future__ import annotations

from typing import Protocol

from vaereg.contracts.tensor import Tensor


class Encoder(Protocol):
    """A keras.layers.Layer: x (B, *data) -> features (B, ...).

    Laws: features keep the batch axis and are finite; in inference, an example's features do not
    depend on the other examples; a gradient reaches x.

    An encoder that asks for conditions, `Component(given={"label"})`, is told them as the keyword
    `given`: name -> tensor (B, ...), classes as int32. Permuting them with the examples permutes
    the result. So it is for posteriors, decoders, priors and likelihoods.
    """

    def __call__(self, x: Tensor, training: bool = False) -> Tensor: ...
