"""Builds components: the only place that calls factories, and the context of each kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import attrs

from vaereg.assembly.array_groups import ArrayGroups
from vaereg.assembly.blame import blaming
from vaereg.assembly.seeded import seed_of, seeded
from vaereg.component import NAME, Offer
from vaereg.contracts.context import BuildContext
from vaereg.contracts.data import DataSpec
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.discovery.factory import load_factory
from vaereg.errors import ContractError

T = TypeVar("T")

EXTRACTOR = "feature_extractor"
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

    Keras's unseeded initializers use the seed of the context, whose `build` builds the parts that
    the component holds.

    Raises:
        PluginError: if the factory cannot be imported or called.
    """
    factory = load_factory(offer)
    before = context.build.record if isinstance(context.build, PartBuilder) else []
    builder = PartBuilder(offer.label, context, before)
    with seeded(context.seed):
        return factory(params, attrs.evolve(context, build=builder))


@attrs.frozen
class HeldPart:
    """A part that a component holds.

    Args:
        slot: its component and parameters.
        part: the object.
    """

    slot: Slot
    part: object


@attrs.frozen(eq=False)
class PartBuilder:
    """`context.build` of one component: builds the parts that it holds.

    Args:
        holder: the component as messages name it.
        context: its context, from which those of its parts are made.
        record: receives each part that is built, at any depth.
    """

    holder: str
    context: BuildContext
    record: list[HeldPart]
    _names: set[str] = attrs.field(factory=set, init=False)

    def __call__(
        self,
        slot: Slot,
        name: str,
        *,
        latent_shape: tuple[int, ...] | None = None,
        channels: int | None = None,
        data_spec: DataSpec | None = None,
    ) -> Any:  # a part of the kind of the slot
        """See `vaereg.contracts.context.Build`.

        Raises:
            ContractError: for anything but a slot with its component, and for a name that is not
                lowercase or that another part of the component has.
        """
        self._check(slot, name)
        outer = self.context
        inner = attrs.evolve(
            outer,
            name=f"{outer.name}-{name}",  # no name of a part has a hyphen
            seed=EXTRACTOR_SEED if slot.kind == EXTRACTOR else seed_of(outer.seed, name),
            latent_shape=outer.latent_shape if latent_shape is None else latent_shape,
            channels=outer.channels if channels is None else channels,
            data_spec=outer.data_spec if data_spec is None else data_spec,
            build=self,
        )
        part: object = build_component(slot, inner, object)
        self.record.append(HeldPart(slot, part))
        return part

    def _check(self, slot: Slot, name: str) -> None:
        if not isinstance(slot, Slot):
            found = f"context.build takes a slot of its parameters; it got {slot!r}"
        elif slot.declared is not None:
            found = (
                f"context.build got {slot.kind} {slot.declared!r} by name only, as in parameters "
                "made in Python; it takes the slot of the parameters that the factory gets"
            )
        elif not (isinstance(name, str) and NAME.fullmatch(name)):
            found = f"the name of a part that it holds must match [a-z][a-z0-9_]*; got {name!r}"
        elif name in self._names:
            found = f"it builds two parts named {name!r}"
        else:
            self._names.add(name)
            return
        raise ContractError(f"{self.holder} breaks its contract: {found}.")


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
        latent=ArrayGroups(declaration.latent.groups),
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
