"""The contract of an optimizer; contracts never import keras, so a variable is a `Tensor` here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from vaereg.contracts.tensor import Tensor


class Optimizer(Protocol):
    """Updates weights from their gradients: a `keras.optimizers.Optimizer`.

    The factory returns it with the name `context.name` and not yet built. The engine scales,
    accumulates and sums the gradients of all losses; it then builds the optimizer once for the
    weights that it updates, and calls `apply` in every step. Keras's `apply` clips gradients,
    applies weight decay and calls `update_step(gradient, variable, learning_rate)` for each weight.

    Laws: its steps lower a quadratic; all that it learns is in its `variables`, each with a path
    of its own, so that a run continues to the bit; a weight without a gradient stays as it is; the
    learning rate is read in every step, so that schedules and callbacks work; where it has a
    parameter `weight_decay`, weights that `exclude` names do not decay. It does not average weights
    itself (`use_ema`): `ema` in `[train]` does.

    One that recommends other weights than those at which it computes gradients has the methods of
    `EvaluatedElsewhere` too.
    """

    name: str
    built: bool

    @property
    def variables(self) -> list[Tensor]:
        """All that it learns, its count of steps and its learning rate."""
        ...

    def build(self, variables: list[Tensor]) -> None:
        """Creates its variables for the weights that it will update."""
        ...

    def apply(self, grads: list[Tensor], trainable_variables: list[Tensor]) -> None:
        """Makes one step: updates these weights by their gradients, of equal shapes."""
        ...


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

    def evaluation_weights(self, variables: Sequence[Tensor]) -> Sequence[Tensor]:
        """The recommended values of these weights, in their order, of equal shapes and dtypes.

        It may be called inside a compiled step.
        """
        ...

    def restart_evaluation_weights(self, variables: Sequence[Tensor]) -> None:
        """Makes the recommended values of these weights equal to their values.

        Called after other weights were loaded into the model, never inside a compiled step.
        """
        ...
