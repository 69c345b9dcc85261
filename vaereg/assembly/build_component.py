"""Builds components: the only place that calls factories, and the context of each kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from vaereg.assembly.blame import blaming
from vaereg.assembly.seeded import seed_of, seeded
from vaereg.component import Offer
from vaereg.contracts.context import BuildContext
from vaereg.contracts.data import DataSpec
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.discovery.factory import load_factory

T = TypeVar("T")

EXTRACTOR_SEED = 0
"""The seed of metrics and feature extractors; it is constant, so features can be cached."""


def build_component(slot: Slot, context: BuildContext, contract: type[T]) -> T:
    """Builds the object of a slot, seeded by its context; errors name the component.

    Args:
        slot: the declared component and its parameters.
        context: the context for the factory.
        contract: the Protocol of the slot's kind, which is the type of the result. It is not
            checked here; assembly and the contract kit check how the object behaves.

    Raises:
        DeclarationError: if the parameters do not fit the data or the other parts.
        PluginError: if the factory is missing or fails.
    """
    del contract
    with blaming(slot, "cannot be built"):
        built: T = construct(slot.offer, slot.params, context)
        return built


def construct(offer: Offer, params: object, context: BuildContext) -> Any:  # of any kind
    """Calls the factory of a component; its exceptions are passed on.

    Keras's unseeded initializers use the seed of the context.

    Raises:
        PluginError: if the factory cannot be imported or called.
    """
    factory = load_factory(offer)
    with seeded(context.seed):
        return factory(params, context)


def part_context(
    declaration: Declaration,
    name: str,
    data_spec: DataSpec,
    **known: Any,  # fields of BuildContext: channels, and parts built before
) -> BuildContext:
    """The context of a model's part or sampler; its seed comes from the run's seed and `name`."""
    return BuildContext(
        name=name,
        seed=seed_of(declaration.train.seed, name),
        data_spec=data_spec,
        latent_shape=declaration.latent_shape,
        folder=declaration.folder,
        cache=declaration.cache,
        **known,
    )


def data_context(
    declaration: Declaration,
    share: Callable[[float], None] = lambda share: None,
    *,
    earlier_splits: bool = False,
) -> BuildContext:
    """The context of a dataset; its seed is the run's own. `share` is told how much is read."""
    return BuildContext(
        share=share,
        earlier_splits=earlier_splits,
        name=f"data_{declaration.data_name}",
        seed=declaration.train.seed,
        folder=declaration.folder,
        cache=declaration.cache,
    )


def evaluation_context(name: str, data_spec: DataSpec, cache: Path) -> BuildContext:
    """The context of a metric or a feature extractor."""
    return BuildContext(name=name, seed=EXTRACTOR_SEED, data_spec=data_spec, cache=cache)
