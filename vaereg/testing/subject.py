"""A component under test, and how it is built."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs

from vaereg.assembly.build_component import construct
from vaereg.component import Offer
from vaereg.contracts.context import BuildContext
from vaereg.errors import ContractError, DataError
from vaereg.testing.groundwork import obstacle
from vaereg.testing.law import forms_in_order
from vaereg.testing.situations import SITUATIONS, Situation
from vaereg.testing.stand_ins.parts import StandInCoder, StandInLikelihood, StandInPrior

Values = Mapping[str, Any] | Callable[[Path], Mapping[str, Any]]
"""Parameters for the test: by name, or made from a folder that may be written to."""


class ParametersMissing(ContractError):
    """A component has required parameters and the test gives none."""


@attrs.define(kw_only=True, eq=False, slots=False)
class Subject:
    """One component, ready to be tried.

    Args:
        offer: the component and who offers it.
        values: parameters other than the defaults; where the component has required ones, a
            mapping or a function of an empty folder.
        module: the plugin's module, as its entry point names it; empty if there is none.
    """

    offer: Offer
    values: Values = attrs.field(factory=dict)
    module: str = ""

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
    def params(self) -> Any:
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

    def build(self, situation: Situation, seed: int = 0) -> Any:
        """The object, as the engine would build it; not yet called."""
        later = {"prior", "objective", "regularizer", "discriminator", "sampler"}
        known: dict[str, Any] = {}
        if self.kind in later:
            coder = StandInCoder(situation)
            known = {
                "encode": coder.encode,
                "decode": coder.decode,
                "likelihood": StandInLikelihood(),
            }
            if self.kind != "prior":
                known["prior"] = StandInPrior(situation)
        context = BuildContext(
            name=self.kind,
            seed=seed,
            data_spec=situation.data if self.kind != "dataset" else BuildContext(name="").data_spec,
            latent_shape=situation.latent_shape,
            channels=situation.data.channels if self.kind == "decoder" else None,
            folder=self.folder,
            cache=self.folder / "cache",
            **known,
        )
        with situation.named_in_errors():
            return construct(self.offer, self.params, context)

    @cached_property
    def obstacle(self) -> tuple[str, str] | None:
        """The law on which the others founder, and what was found; see groundwork."""
        return obstacle(self)

    @cached_property
    def situations(self) -> tuple[Situation, ...]:
        """Those of the forms it declares, most usual first."""
        forms = forms_in_order(self.offer.component.for_data)
        return tuple(each for each in SITUATIONS if each.data.form in forms)

    @cached_property
    def refusals(self) -> dict[str, str]:
        """Why it did not take a situation, by the situation's name: the text of its error."""
        from vaereg.testing.exercise import Exercise

        found = {}
        for situation in self.situations:
            try:
                Exercise(self, situation).outputs()
            except (ValueError, DataError) as refusal:
                found[situation.name] = str(refusal)
        return found

    @property
    def accepted(self) -> tuple[Situation, ...]:
        """The situations it takes."""
        return tuple(each for each in self.situations if each.name not in self.refusals)

    @property
    def home(self) -> Situation:
        """The first situation it takes.

        Raises:
            ContractError: if it takes none.
        """
        if not self.accepted:
            why = "; ".join(f"{name}: {text}" for name, text in self.refusals.items())
            raise ContractError(f"it could be built in no situation. {why}")
        return self.accepted[0]
