"""A component under test and how the kit builds it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

import attrs

from vaereg.assembly.array_groups import ArrayGroups
from vaereg.assembly.build_component import (
    HeldPart,
    PartBuilder,
    construct,
    evaluation_context,
)
from vaereg.assembly.told import Asking
from vaereg.component import LATENT, Offer
from vaereg.contracts.catalog import ComponentSource
from vaereg.contracts.conditions import Condition
from vaereg.contracts.context import BuildContext
from vaereg.contracts.plain_values import TomlValue
from vaereg.contracts.prior import Prior
from vaereg.contracts.slot import slots_in
from vaereg.declaration.read_params import with_slots_found
from vaereg.discovery.discover import discover
from vaereg.errors import ContractError, DeclarationError
from vaereg.testing.cases import CASES, Case, forms_in_order, latent_cases
from vaereg.testing.stand_ins.parts import (
    StandInCoder,
    StandInLikelihood,
    StandInPrior,
    TwoParameterLikelihood,
)
from vaereg.testing.stand_ins.tiny_parts import tiny_part
from vaereg.testing.stand_ins.told_part import conditions_of, with_conditions

Values = Mapping[str, TomlValue] | Callable[[Path], Mapping[str, TomlValue]]
"""Parameters for the test: a mapping by name, or a function that makes one in an empty folder."""

T = TypeVar("T")

TERMS = ("objective", "regularizer", "discriminator")
"""The kinds that are built after every other part of the model."""


_VAE = ("likelihood", "encoder", "posterior", "decoder", "prior")
BUILT_BEFORE = {
    **{name: _VAE[:i] for i, name in enumerate(_VAE)},
    **dict.fromkeys(TERMS, _VAE),
    "sampler": (*_VAE, "objective"),
}
"""Kind -> the parts that the engine builds before a part of this kind."""

OF_LATENTS = _VAE[:3]
"""The parts that are built before an augmentation of latents."""


class BuiltWhenRead(Mapping[str, object]):
    """A mapping that makes each value when it is first read.

    Args:
        names: the keys, in order.
        make: the value of a key.
    """

    def __init__(self, names: Sequence[str], make: Callable[[str], object]) -> None:
        self._names = tuple(names)
        self._make = make
        self._made: dict[str, object] = {}

    def __getitem__(self, name: str) -> object:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class ParametersMissing(ContractError):
    """A component has required parameters that the test does not give."""


@attrs.define(kw_only=True, eq=False, slots=False)
class ComponentUnderTest:
    """One component, ready for the laws.

    Args:
        offer: the component and the distribution that offers it.
        values: parameters to set instead of the defaults, as a mapping or a function of an empty
            folder; must include the required ones.
        module: the plugin's module, as its entry point names it; empty if there is none.
        source: where the components are found that it holds; None for those installed.
    """

    offer: Offer
    values: Values = attrs.field(factory=dict)
    module: str = ""
    source: ComponentSource | None = None
    _shared: dict[Hashable, object] = attrs.field(factory=dict, init=False, repr=False)

    @property
    def kind(self) -> str:
        """The kind of the component."""
        return self.offer.kind

    @property
    def label(self) -> str:
        """The component as messages name it."""
        return self.offer.label

    @cached_property
    def folder(self) -> Path:
        """A temporary folder for this component, removed when the process ends."""
        self._kept = tempfile.TemporaryDirectory(prefix="vaereg-")
        return Path(self._kept.name)

    @cached_property
    def params(self) -> Any:  # an instance of the component's own params class
        """An instance of the component's params class.

        Raises:
            ParametersMissing: if the test does not give every required parameter.
        """
        values = self.values(self.folder) if callable(self.values) else self.values
        try:
            made = self.offer.component.params(**values)
        except TypeError as fault:
            raise ParametersMissing(
                f"{self.label} cannot be tested: {fault}. Pass its required parameters: "
                f'params={{"{self.kind}/{self.offer.name}": {{…}}}} in the test, with a mapping '
                "or a function of an empty folder, or "
                f"`vaereg check-plugin --set {self.kind}.{self.offer.name}.KEY=VALUE`"
            ) from fault
        if not any(slots_in(made)):
            return made
        return with_slots_found(made, discover() if self.source is None else self.source)

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The test cases for the forms of data that the component declares, most typical first."""
        forms = forms_in_order(self.offer.component.for_data)
        every = [each for each in CASES if each.data.form in forms]
        if LATENT in self.offer.component.for_data:
            every += latent_cases()
        return tuple(with_conditions(each, self.conditions) for each in every)

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions that the component is told."""
        return conditions_of(self.offer.component)

    def build(self, case: Case, seed: int = 0) -> Any:  # the object of any kind
        """The component's object for a case, built as the engine builds it; not yet called."""
        return self.build_with_parts(case, seed)[0]

    def build_with_parts(
        self, case: Case, seed: int = 0
    ) -> tuple[Any, list[HeldPart]]:  # the object of any kind
        """Like `build`, with the parts that the object holds, at any depth."""
        held: list[HeldPart] = []
        context = self._context(case, seed)
        context = attrs.evolve(context, parts=self._parts_before(case, context))
        context = attrs.evolve(context, build=PartBuilder(self.label, context, held))
        with case.named_in_errors():
            try:
                return construct(self.offer, self.params, context), held
            except DeclarationError as refusal:  # of a part that the component holds
                told = "; ".join(each.message for each in refusal.problems)
                raise ValueError(told) from refusal

    def shared(self, key: Hashable, compute: Callable[[], T]) -> T:
        """The value under `key`, computed once per component, so laws can share costly results."""
        if key not in self._shared:
            self._shared[key] = compute()
        return cast(T, self._shared[key])

    def _parts_before(self, case: Case, context: BuildContext) -> Mapping[str, object]:
        """Stand-ins for the parts that the engine builds before this one, by name.

        Each is built when it is looked at, since few components look at any.
        """
        known: dict[str, object] = {"likelihood": StandInLikelihood(), "prior": context.prior}
        channels = case.data.channels

        def build(name: str) -> object:
            if name in known:
                return known[name]
            return tiny_part(name, attrs.evolve(context, name=name, channels=channels))

        before = OF_LATENTS if case.of_latents else BUILT_BEFORE.get(self.kind, ())
        return BuiltWhenRead(before, build)

    def _context(self, case: Case, seed: int) -> BuildContext:
        """A context with the fields that the engine fills for this kind, and no others."""
        if self.kind == "optimizer":
            return BuildContext(name=self.kind, seed=seed)
        cache = self.folder / "cache"
        if self.kind in ("metric", "feature_extractor"):
            return evaluation_context(self.kind, case.data, cache)
        context = BuildContext(name=self.kind, seed=seed, folder=self.folder, cache=cache)
        if self.kind == "dataset":
            return context
        told = with_conditions(case, self.conditions)
        context = attrs.evolve(
            context,
            data_spec=told.data,
            latent_shape=case.latent_shape,
            latent=ArrayGroups.one(case.latent_shape),
        )
        if self.kind == "augmentation" and not case.of_latents:
            return attrs.evolve(context, latent_shape=(), latent=None)
        if self.kind == "decoder":
            return attrs.evolve(context, channels=case.data.channels)
        if self.kind not in ("prior", "sampler", *TERMS):
            return context
        coder = StandInCoder(case)
        context = attrs.evolve(
            context, encode=coder.encode, decode=coder.decode, likelihood=StandInLikelihood()
        )
        if self.kind == "prior":
            return context
        context = attrs.evolve(context, prior=StandInPrior(case))
        if self.kind == "sampler" and self.conditions:
            asking = cast("Prior", Asking(StandInPrior(case), (), "prior"))
            context = attrs.evolve(context, prior=asking)
        if self.kind == "sampler":
            # A trained model takes and returns numpy arrays, and decodes to data.
            return attrs.evolve(
                context,
                encode=coder.encode_arrays,
                decode=coder.decode_arrays,
                likelihood=TwoParameterLikelihood(case),
            )
        return context
