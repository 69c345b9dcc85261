"""Keras optimizers by name, and a composite that gives each player its own optimizer."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import attrs
import keras

from vaereg.contracts.tensor import Tensor
from vaereg.declaration.declaration import NamedChoice
from vaereg.errors import DeclarationError, Problem
from vaereg.model.backends.choice import chosen_backend


def _keras_classes(module: ModuleType, base: type) -> dict[str, type]:
    """Keras's classes by name, in lower case and without underscores."""
    return {
        name.lower(): value
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, base) and value is not base
    }


def _keras_instance(
    choice: NamedChoice, module: ModuleType, base: type, what: str, **extra: str
) -> Any:  # of `base`, a class of Keras
    classes = _keras_classes(module, base)
    found = classes.get(choice.use.lower().replace("_", ""))
    if found is None:
        raise DeclarationError(
            [
                Problem(
                    code="unknown-name",
                    message=f"the installed Keras has no {what} named {choice.use!r}",
                    place=choice.place,
                    hint="known: " + ", ".join(sorted(classes)),
                )
            ]
        )
    params = {
        name: learning_rate_schedule(value) if isinstance(value, NamedChoice) else value
        for name, value in choice.params.items()
    }
    faster = chosen_backend().FASTER.get(found, found)
    try:
        return faster(**params, **extra)
    except (TypeError, ValueError) as error:
        allowed = [p for p in inspect.signature(found).parameters if p != "kwargs"]
        raise DeclarationError(
            [
                Problem(
                    code="bad-parameter",
                    message=f"{what} {choice.use!r}: {error}",
                    place=choice.place,
                    hint="its parameters: " + ", ".join(allowed),
                )
            ]
        ) from error


def learning_rate_schedule(
    choice: NamedChoice,
) -> keras.optimizers.schedules.LearningRateSchedule:
    """A Keras learning-rate schedule by name."""
    return _keras_instance(
        choice,
        keras.optimizers.schedules,
        keras.optimizers.schedules.LearningRateSchedule,
        "learning-rate schedule",
    )


def make_optimizer(choice: NamedChoice, name: str) -> keras.optimizers.Optimizer:
    """A Keras optimizer by name.

    Args:
        choice: its name in snake case and its parameters.
        name: the name for its variables' paths, unique among a model's optimizers.

    Raises:
        DeclarationError: for a name or parameter that Keras does not take.
    """
    return _keras_instance(
        choice, keras.optimizers, keras.optimizers.Optimizer, "optimizer", name=name
    )


class PlayersOptimizer(keras.optimizers.MultiOptimizer):
    """A single optimizer for Keras, which passes each variable to the optimizer of its player.

    Args:
        optimizers: player -> its Keras optimizer.
        owners: player -> its variables.
    """

    def __init__(
        self,
        optimizers: Mapping[str, keras.optimizers.Optimizer],
        owners: Mapping[str, list[keras.Variable]],
    ) -> None:
        owner = {id(v): optimizers[p] for p, variables in owners.items() for v in variables}
        super().__init__(_OwnerMap(dict(optimizers), owner), name="players")
        self._leader = next(iter(optimizers.values()))

    @property
    def learning_rate(self) -> Tensor:
        """The learning rate of the first player, the VAE; Keras's callbacks read and set it."""
        return self._leader.learning_rate

    @learning_rate.setter
    def learning_rate(
        self, value: Tensor | keras.optimizers.schedules.LearningRateSchedule
    ) -> None:
        self._leader.learning_rate = value

    @property
    def accumulation(self) -> int:
        """The number of steps for which the first player accumulates gradients before an update."""
        return int(self._leader.gradient_accumulation_steps or 1)

    def apply(
        self,
        grads: list[Tensor | None],
        trainable_variables: list[keras.Variable] | None = None,
    ) -> None:
        """Applies each player's gradients; players without gradients do not change."""
        variables = (
            self._trainable_variables if trainable_variables is None else trainable_variables
        )
        if not self.built:
            self.build(variables)
        for optimizer in self.optimizers:
            pairs = [
                (gradient, variable)
                for gradient, variable in zip(grads, variables, strict=True)
                if gradient is not None and self._optimizer_map(variable) is optimizer
            ]
            if pairs:
                optimizer.apply([g for g, _ in pairs], [v for _, v in pairs])
        self._iterations.assign_add(1)


@attrs.frozen(eq=False)
class _OwnerMap:
    """The map that MultiOptimizer uses: variable -> optimizer, and all optimizers."""

    _by_player: dict[str, keras.optimizers.Optimizer]
    _by_variable: dict[int, keras.optimizers.Optimizer]

    def __call__(self, variable: keras.Variable) -> keras.optimizers.Optimizer:
        return self._by_variable[id(variable)]

    def values(self) -> list[keras.optimizers.Optimizer]:
        return list(self._by_player.values())
