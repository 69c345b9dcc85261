"""The outputs of the decoder in one step, with respect to which losses are differentiated."""

from __future__ import annotations

from collections.abc import Sequence

from vaereg.contracts.tensor import Tensor


class Taps:
    """Keeps every output of the decoder in one step: of the step's latent, and of other latents.

    Args:
        added: tensors to add to the outputs, in their order; none to use them as they are. Where a
            gradient is that of a function, as on JAX, it is taken with respect to these.
    """

    def __init__(self, added: Sequence[Tensor] = ()) -> None:
        self.outputs: list[Tensor] = []
        self._added = added

    def __call__(self, outputs: Tensor) -> Tensor:
        """The outputs to use."""
        if len(self.outputs) < len(self._added):
            outputs = outputs + self._added[len(self.outputs)]
        self.outputs.append(outputs)
        return outputs
