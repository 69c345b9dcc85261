"""Keras optimizers by name, and a composite that gives each player its own optimizer."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import attrs
import keras
from keras import ops

from vaereg.contracts.optimizer import EvaluatedElsewhere
from vaereg.contracts.slot import LearningRateSchedule
from vaereg.contracts.tensor import Tensor
from vaereg.declaration.declaration import NamedChoice
from vaereg.errors import DeclarationError, Problem
from vaereg.model.backends.choice import chosen_backend
from vaereg.model.made_optimizers.optimizer_component import optimizer_component
from vaereg.model.made_optimizers.schedule_free import ScheduleFreeAdamW
from vaereg.wording import listed, without_styles

EVALUATED_ELSEWHERE: dict[type, type] = {keras.optimizers.ScheduleFreeAdamW: ScheduleFreeAdamW}
"""Optimizers of Keras that recommend other weights than they train -> those that tell them."""


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
    faster = {**chosen_backend().FASTER, **EVALUATED_ELSEWHERE}.get(found, found)
    try:
        return faster(**params, **extra)
    except (TypeError, ValueError) as error:
        allowed = [p for p in inspect.signature(found).parameters if p != "kwargs"]
        raise DeclarationError(
            [
                Problem(
                    code="bad-parameter",
                    message=f"{what} {choice.use!r}: {without_styles(str(error))}",
                    place=choice.place,
                    hint="its parameters: " + ", ".join(allowed),
                )
            ]
        ) from error


def learning_rate(
    given: float | LearningRateSchedule,
) -> float | keras.optimizers.schedules.LearningRateSchedule:
    """A learning rate among the parameters of an optimizer, as Keras's optimizers take it.

    Args:
        given: a number, or the schedule that registry.toml declares.
    """
    return learning_rate_schedule(given) if isinstance(given, NamedChoice) else float(given)


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


def make_optimizer(
    choice: NamedChoice, name: str, variables: Sequence[keras.Variable] = (), seed: int = 0
) -> keras.optimizers.Optimizer:
    """An optimizer of Keras by name, or that of a component.

    Args:
        choice: its name in snake case and its parameters; `exclude` names weights without decay.
        name: the name for its variables' paths, unique among a model's optimizers.
        variables: those that it will update.
        seed: of the run, for a component.

    Raises:
        DeclarationError: for a name or parameter that Keras or the component does not take, or if
            a word of `exclude` is in no path of a variable.
        PluginError, ContractError: if the component cannot be built, or breaks its contract.
    """
    if choice.slot is not None:
        made = optimizer_component(choice.slot, name, seed)
    else:
        params = {key: value for key, value in choice.params.items() if key != "exclude"}
        made = _keras_instance(
            attrs.evolve(choice, params=params),
            keras.optimizers,
            keras.optimizers.Optimizer,
            "optimizer",
            name=name,
        )
    words = choice.params.get("exclude")
    if isinstance(words, Sequence) and words:
        made.exclude_from_weight_decay(_excluded(choice, words, variables))
    return made


def _excluded(
    choice: NamedChoice, words: Sequence[str], variables: Sequence[keras.Variable]
) -> list[keras.Variable]:
    """The variables whose path contains one of the words."""
    for word in words:
        if not any(word in variable.path for variable in variables):
            paths = listed(variable.path for variable in variables)
            raise DeclarationError(
                [
                    Problem(
                        code="does-not-fit",
                        message=f"`exclude` of optimizer {choice.use!r}: no weight that it updates "
                        f"has {word!r} in its path",
                        place=choice.place,
                        hint=f"the weights: {paths}",
                    )
                ]
            )
    return [each for each in variables if any(word in each.path for word in words)]


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
        self._named = dict(optimizers)
        self._gates: Mapping[str, Tensor] = {}

    @property
    def recommends_others(self) -> bool:
        """Whether an optimizer recommends other weights than it trains."""
        return any(True for _ in self._elsewhere())

    def evaluation_weights(self) -> list[tuple[keras.Variable, Tensor]]:
        """The variables that an optimizer recommends other values for, with these values."""
        return [
            pair
            for optimizer, variables in self._elsewhere()
            for pair in zip(variables, optimizer.evaluation_weights(variables), strict=True)
        ]

    def restart_evaluation_weights(self) -> None:
        """Makes the recommended values equal to the variables, which were loaded."""
        for optimizer, variables in self._elsewhere():
            optimizer.restart_evaluation_weights(variables)

    def _elsewhere(self) -> Iterator[tuple[EvaluatedElsewhere, list[keras.Variable]]]:
        for optimizer in self._named.values():
            if self.built and hasattr(optimizer, "evaluation_weights"):
                owned = [
                    v for v in self._trainable_variables if self._optimizer_map(v) is optimizer
                ]
                yield optimizer, owned

    @contextmanager
    def gated(self, gates: Mapping[str, Tensor]) -> Iterator[None]:
        """Within, an optimizer whose gate is false changes nothing.

        Args:
            gates: name of an optimizer -> a scalar boolean; the others always take part.
        """
        self._gates = gates
        try:
            yield
        finally:
            self._gates = {}

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
        for name, optimizer in self._named.items():
            pairs = [
                (gradient, variable)
                for gradient, variable in zip(grads, variables, strict=True)
                if gradient is not None and self._optimizer_map(variable) is optimizer
            ]
            if not pairs:
                continue
            gate = self._gates.get(name)
            changed = [] if gate is None else [*optimizer.variables, *(v for _, v in pairs)]
            before = [ops.copy(variable.value) for variable in changed]
            optimizer.apply([g for g, _ in pairs], [v for _, v in pairs])
            for variable, old in zip(changed, before, strict=True):
                variable.assign(ops.where(gate, variable.value, old))
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
