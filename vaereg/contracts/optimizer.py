"""The contract of an optimizer that recommends other weights than those that it trains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from vaereg.contracts.tensor import Tensor

if TYPE_CHECKING:
    import keras


class EvaluatedElsewhere(Protocol):
    """An optimizer whose gradients are computed at other weights than it recommends.

    Examples are schedule-free optimizers (arXiv:2405.15682) and Lookahead (arXiv:1907.08610).
    Training goes on at the weights of the model. Validation, samples, the best weights, the fit of
    a sampler and the saved weights are those that the optimizer recommends; with `ema`, their
    average.

    Laws: the recommended weights are the weights themselves before the first step and after
    `restart_evaluation_weights`; asking for them changes nothing; they follow from the weights and
    the optimizer's variables alone; they are no worse than the weights at the start.
    """

    def evaluation_weights(self, variables: Sequence[keras.Variable]) -> Sequence[Tensor]:
        """The recommended values of these weights, in their order, of equal shapes and dtypes.

        It may be called inside a compiled step.
        """
        ...

    def restart_evaluation_weights(self, variables: Sequence[keras.Variable]) -> None:
        """Makes the recommended values of these weights equal to their values.

        Called after other weights were loaded into the model, never inside a compiled step.
        """
        ...
