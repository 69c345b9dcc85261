"""Builds a component of kind `optimizer`, and checks what its factory returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras

from vaereg.assembly.blame import blaming
from vaereg.assembly.build_component import build_component
from vaereg.assembly.seeded import seed_of
from vaereg.contracts.context import BuildContext
from vaereg.contracts.optimizer import Optimizer
from vaereg.contracts.slot import Slot
from vaereg.errors import ContractError

WRAPPERS = (keras.optimizers.MultiOptimizer, keras.optimizers.LossScaleOptimizer)
"""Optimizers that the engine itself puts around those of the players."""


def optimizer_component(slot: Slot, name: str, seed: int) -> keras.optimizers.Optimizer:
    """The optimizer of a slot, whose errors when it is built name the component.

    Args:
        slot: the component and its parameters.
        name: its name, unique among the optimizers of a model.
        seed: of the run.

    Raises:
        DeclarationError: if the component refuses its parameters.
        PluginError: if its factory is missing or fails.
        ContractError: if it returns anything but a new Keras optimizer of this name.
    """
    context = BuildContext(name=name, seed=seed_of(seed, name))
    made = build_component(slot, context, Optimizer)
    fault = fault_of(made, name)
    if fault or not isinstance(made, keras.optimizers.Optimizer):
        raise ContractError(f"{slot.offer.label} breaks its contract: {fault}.")
    made.build = _blamed(slot, made.build)
    return made


def fault_of(made: object, name: str) -> str:
    """Why an object is no optimizer that the engine can use; empty if it is one."""
    if not isinstance(made, keras.optimizers.Optimizer):
        kind = type(made).__name__
        return f"the factory must return a keras.optimizers.Optimizer; it returned a {kind}"
    if isinstance(made, WRAPPERS):
        return f"a {type(made).__name__} cannot be the optimizer of one player"
    if made.built:
        return "the factory returned an optimizer that is built already"
    if made.name != name:
        return (
            f"its name must be {name!r}, which makes the paths of its variables unique; it is "
            f"{made.name!r}. Pass name=context.name"
        )
    if made.use_ema:
        return "it averages weights itself (use_ema); vaereg does with `ema = 0.999` in [train]"
    return ""


def _blamed(
    slot: Slot, build: Callable[[list[keras.Variable]], None]
) -> Callable[[Sequence[keras.Variable]], None]:
    def blamed(variables: Sequence[keras.Variable]) -> None:
        with blaming(slot, "cannot be built"):
            build(list(variables))

    return blamed
