"""A component under test and how the kit builds it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Hashable, Mapping
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
from vaereg.assembly.seeded import seed_of
from vaereg.assembly.told import Asking
from vaereg.component import LATENT, Offer
from vaereg.contracts.catalog import ComponentSource
from vaereg.contracts.conditions import Condition
from vaereg.contracts.context import BuildContext
from vaereg.contracts.likelihood import Likelihood
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
from vaereg.testing.suitable.built_when_read import BuiltWhenRead
from vaereg.testing.suitable.companions import blaming_companion, companions_of
from vaereg.testing.suitable.encoding_beside import EncodingBeside

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


class ParametersMissing(ContractError):
    """A component has required parameters that the test does not give."""


@attrs.frozen(eq=False)
class Built:
    """A component's object with what was built for it.

    Args:
        part: the object.
        held: the parts that it holds, at any depth.
        beside: the parts that the engine builds before it, by name; each is built when it is read.
    """

    part: Any  # an object of any kind
    held: list[HeldPart]
    beside: Mapping[str, object]


@attrs.define(kw_only=True, eq=False, slots=False)
class ComponentUnderTest:
    """One component, ready for the laws.

    Args:
        offer: the component and the distribution that offers it.
        values: parameters to set instead of the defaults, as a mapping or a function of an empty
            folder; must include the required ones.
        module: the plugin's module, as its entry point names it; empty if there is none.
        source: where the components are found that it holds, and its companions; None for those
            installed.
        others: parameters of its companions by `kind/name`, instead of their defaults.
    """

    offer: Offer
    values: Values = attrs.field(factory=dict)
    module: str = ""
    source: ComponentSource | None = None
    others: Mapping[str, Values] = attrs.field(factory=dict)
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
        return with_slots_found(made, self._source())

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
        return self.built(case, seed).part

    def built(self, case: Case, seed: int = 0) -> Built:
        """Like `build`, with the parts that the object holds, and those beside it.

        Raises:
            NotHere: if a companion is not installed, or fails.
        """
        held: list[HeldPart] = []
        plain = self._plain_context(case, seed)
        beside = self._parts_beside(case, plain)
        context = self._with_parts(case, plain, beside)
        context = attrs.evolve(context, build=PartBuilder(self.label, context, held))
        with case.named_in_errors():
            try:
                return Built(construct(self.offer, self.params, context), held, beside)
            except DeclarationError as refusal:  # of a part that the component holds
                told = "; ".join(each.message for each in refusal.problems)
                raise ValueError(told) from refusal

    def with_values(self, values: Values) -> ComponentUnderTest:
        """The same component with other parameters."""
        return attrs.evolve(self, values=values)

    def shared(self, key: Hashable, compute: Callable[[], T]) -> T:
        """The value under `key`, computed once per component, so laws can share costly results."""
        if key not in self._shared:
            self._shared[key] = compute()
        return cast(T, self._shared[key])

    @cached_property
    def companions(self) -> dict[str, ComponentUnderTest]:
        """Kind -> the component of that kind with which it works; see `Component.goes_with`.

        Raises:
            NotHere: if one is not installed.
        """
        if not self.offer.component.goes_with:
            return {}
        found = companions_of(self.offer, self._source())
        return {
            kind: ComponentUnderTest(
                offer=each,
                values=self.others.get(f"{kind}/{each.name}", {}),
                source=self.source,
            )
            for kind, each in found.items()
        }

    def _source(self) -> ComponentSource:
        return discover() if self.source is None else self.source

    def _parts_beside(self, case: Case, context: BuildContext) -> Mapping[str, object]:
        """The parts that the engine builds before this one, by name: companions, or stand-ins.

        Each is built when it is looked at, since few components look at any.
        """
        companions = self.companions

        def build(name: str) -> object:
            before = BuiltWhenRead(BUILT_BEFORE[name], lambda earlier: beside[earlier])
            channels = None if name == "likelihood" else self.channels(case, beside)
            inner = attrs.evolve(context, name=name, channels=channels, parts=before)
            if name in companions:
                return companions[name].as_companion(inner)
            if name == "likelihood":
                return StandInLikelihood()
            if name != "prior":
                return tiny_part(name, inner)
            if self.kind == "sampler" and self.conditions:
                return Asking(StandInPrior(case), (), "prior")  # which asks for nothing
            return StandInPrior(case)

        names = OF_LATENTS if case.of_latents else BUILT_BEFORE.get(self.kind, ())
        beside = BuiltWhenRead(names, build)
        return beside

    def channels(self, case: Case, beside: Mapping[str, object]) -> int:
        """The length of the last axis of decoder outputs, with these parts beside it."""
        channels = case.data.channels
        if not {"likelihood"} <= self.companions.keys() & {*beside}:
            return channels
        with blaming_companion(self.companions["likelihood"].offer):
            return int(cast("Likelihood", beside["likelihood"]).channels(channels))

    def as_companion(self, context: BuildContext) -> object:
        """Its object as a part beside a tested component.

        Raises:
            CompanionRefuses: if it does not take the data or the latent.
            NotHere: if it fails otherwise.
        """
        params = self.params
        with blaming_companion(self.offer):
            # Equal for every seed of the tested component: its builds get equal inputs.
            context = attrs.evolve(context, seed=seed_of(0, context.name))
            made: object = construct(
                self.offer,
                params,
                attrs.evolve(context, build=PartBuilder(self.label, context, [])),
            )
            return made

    def _plain_context(self, case: Case, seed: int) -> BuildContext:
        """A context with the fields that the engine fills for every kind like this one."""
        if self.kind == "optimizer":
            return BuildContext(name=self.kind, seed=seed)
        cache = self.folder / "cache"
        if self.kind in ("metric", "feature_extractor"):
            return evaluation_context(self.kind, case.data, cache)
        context = BuildContext(name=self.kind, seed=seed, folder=self.folder, cache=cache)
        if self.kind == "dataset":
            return context
        return attrs.evolve(
            context,
            data_spec=with_conditions(case, self.conditions).data,
            latent_shape=case.latent_shape,
            latent=ArrayGroups.one(case.latent_shape),
        )

    def _with_parts(
        self, case: Case, context: BuildContext, beside: Mapping[str, object]
    ) -> BuildContext:
        """The context with the parts that the engine gives to this kind, and no others."""
        context = attrs.evolve(context, parts=beside)
        if self.kind == "augmentation" and not case.of_latents:
            return attrs.evolve(context, latent_shape=(), latent=None)
        if self.kind == "decoder":
            return attrs.evolve(context, channels=self.channels(case, beside))
        if self.kind not in ("prior", "sampler", *TERMS):
            return context
        coder = StandInCoder(case)
        other = self.encoding_beside(beside) if "posterior" in self.companions else None
        context = attrs.evolve(
            context,
            encode=other.encode if other is not None else coder.encode,
            decode=coder.decode,
            likelihood=cast("Likelihood", beside["likelihood"]),
        )
        if self.kind == "prior":
            return context
        context = attrs.evolve(context, prior=cast("Prior", beside["prior"]))
        if self.kind != "sampler":
            return context
        # A trained model takes and returns numpy arrays, and decodes to data.
        if "likelihood" not in self.companions:
            context = attrs.evolve(context, likelihood=TwoParameterLikelihood(case))
        return attrs.evolve(context, encode=coder.encode_arrays, decode=coder.decode_arrays)

    def encoding_beside(self, beside: Mapping[str, object]) -> EncodingBeside | None:
        """The encoder and posterior beside it; None where both are stand-ins."""
        offers = {kind: each.offer for kind, each in self.companions.items() if kind in beside}
        known = offers.keys() & {"encoder", "posterior"}
        return EncodingBeside(beside, offers) if known else None
