"""A component under test, and how it is built."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Hashable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

import attrs

from vaereg.assembly.build_component import construct, evaluation_context
from vaereg.component import Offer
from vaereg.contracts.context import BuildContext
from vaereg.errors import ContractError
from vaereg.testing.cases import CASES, Case, forms_in_order
from vaereg.testing.stand_ins.parts import StandInCoder, StandInLikelihood, StandInPrior

Values = Mapping[str, Any] | Callable[[Path], Mapping[str, Any]]
"""Parameters for the test: by name, or a function that makes them from an empty folder."""

T = TypeVar("T")

TERMS = ("objective", "regularizer", "discriminator")
"""The kinds that are built once every other part of the model is there."""


class ParametersMissing(ContractError):
    """A component has required parameters and the test gives none."""


@attrs.define(kw_only=True, eq=False, slots=False)
class ComponentUnderTest:
    """One component, ready to be tried.

    Args:
        offer: the component and the distribution that offers it.
        values: parameters other than the defaults; where the component has required ones, a
            mapping or a function of an empty folder.
        module: the plugin's module, as its entry point names it; empty if there is none.
    """

    offer: Offer
    values: Values = attrs.field(factory=dict)
    module: str = ""
    _shared: dict[Hashable, Any] = attrs.field(factory=dict, init=False, repr=False)

    @property
    def kind(self) -> str:
        """The kind of the component."""
        return self.offer.kind

    @property
    def label(self) -> str:
        """The component in words, for messages."""
        return f"{self.kind} `{self.offer.full_name}` ({self.offer.version})"

    @cached_property
    def folder(self) -> Path:
        """A folder of its own, removed when the process ends."""
        self._kept = tempfile.TemporaryDirectory(prefix="vaereg-")
        return Path(self._kept.name)

    @cached_property
    def params(self) -> Any:  # an instance of the component's own params class
        """The instance of its params class.

        Raises:
            ParametersMissing: if it has required parameters and the test gives none.
        """
        values = self.values(self.folder) if callable(self.values) else self.values
        try:
            return self.offer.component.params(**values)
        except TypeError as fault:
            raise ParametersMissing(
                f"{self.label} cannot be tried: {fault}. Give its required parameters to the "
                f'test: params={{"{self.kind}/{self.offer.name}": {{…}} or a function of a '
                "folder}, or "
                f"`vaereg check-plugin --set {self.kind}.{self.offer.name}.KEY=VALUE`"
            ) from fault

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The test cases of the forms of data that it declares, the most usual first."""
        forms = forms_in_order(self.offer.component.for_data)
        return tuple(each for each in CASES if each.data.form in forms)

    def build(self, case: Case, seed: int = 0) -> Any:  # the object of any kind
        """The object, built as the engine builds it; not yet called."""
        context = self._context(case, seed)
        with case.named_in_errors():
            return construct(self.offer, self.params, context)

    def shared(self, key: Hashable, compute: Callable[[], T]) -> T:
        """The value under `key`, computed once for this component: laws share costly results."""
        if key not in self._shared:
            self._shared[key] = compute()
        return cast(T, self._shared[key])

    def _context(self, case: Case, seed: int) -> BuildContext:
        """A context with the fields that the engine fills for this kind, and no others."""
        cache = self.folder / "cache"
        if self.kind in ("metric", "feature_extractor"):
            return evaluation_context(self.kind, case.data, cache)
        context = BuildContext(name=self.kind, seed=seed, folder=self.folder, cache=cache)
        if self.kind == "dataset":
            return context
        context = attrs.evolve(context, data_spec=case.data, latent_shape=case.latent_shape)
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
        if self.kind == "sampler":
            # After training the model takes and gives numpy arrays, and decodes to data.
            return attrs.evolve(context, encode=coder.encode_arrays, decode=coder.decode_arrays)
        return context
