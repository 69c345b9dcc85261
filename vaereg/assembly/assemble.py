"""Builds the parts of a declared model, each after the parts that it needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import attrs
import keras
import numpy as np
from keras import ops

from vaereg.assembly.array_groups import ArrayGroups
from vaereg.assembly.augmentations import AugmentationBuilder
from vaereg.assembly.blame import blaming
from vaereg.assembly.build_component import (
    HeldPart,
    PartBuilder,
    build_component,
    part_context,
)
from vaereg.assembly.does_not_fit import does_not_fit
from vaereg.assembly.latent_checks import check_density, check_support
from vaereg.assembly.parts import Parts
from vaereg.assembly.passes import Passes
from vaereg.assembly.seeded import seed_of, seeded
from vaereg.assembly.told import Asking, check_given, placing_untold, told
from vaereg.component import LATENT
from vaereg.contracts.conditions import probe_conditions
from vaereg.contracts.data import DataSpec
from vaereg.contracts.decoder import Decoder
from vaereg.contracts.discriminator import Discriminator
from vaereg.contracts.due_shapes import due_shapes, fits, in_words
from vaereg.contracts.encoder import Encoder
from vaereg.contracts.latent import Latent
from vaereg.contracts.likelihood import Likelihood
from vaereg.contracts.objective import Objective
from vaereg.contracts.posterior import Posterior
from vaereg.contracts.prior import Prior
from vaereg.contracts.regularizer import Regularizer
from vaereg.contracts.slot import Slot, held_slots
from vaereg.contracts.tensor import Tensor
from vaereg.declaration.declaration import Declaration
from vaereg.errors import ContractError

T = TypeVar("T")

PROBE = 2
"""The number of random examples on which the parts are tested."""


def assemble(
    declaration: Declaration, data: DataSpec, given: Mapping[str, object] | None = None
) -> Parts:
    """Builds every part, calls it on random data and checks the shapes of its results.

    Args:
        declaration: the model.
        data: the specification of its data.
        given: parts that already exist and are not built, by slot.

    Raises:
        DeclarationError: if a part does not accept this data or this latent shape.
        PluginError: if a component cannot be built.
        ContractError: if a component breaks the law of shapes of its kind.
    """
    return _Assembly(declaration, data, given or {}).parts()


def check_form(slot: Slot, data: DataSpec) -> None:
    """Refuses a component that does not accept this form of data.

    Raises:
        DeclarationError: placed at the slot.
    """
    accepted = slot.offer.component.for_data
    if data.form not in accepted and LATENT not in accepted:
        message = (
            f"{slot.offer.label} accepts {' and '.join(sorted(accepted))} data; this dataset "
            f"provides {data.form} data of shape {data.shape}"
        )
        raise does_not_fit(slot, message, "`vaereg components` lists all components.")


def probe_batch(data: DataSpec, count: int) -> Tensor:
    """`count` examples (count, *data) within the data's range; every call returns the same."""
    low, high = data.value_range or (-1.0, 1.0)
    values = np.random.default_rng(0).uniform(low, high, (count, *data.shape))
    return ops.convert_to_tensor(values.astype("float32"))


def probe_given(data: DataSpec, names: Collection[str], count: int) -> dict[str, Tensor]:
    """The conditions of artificial examples, (count, *shape), by name."""
    given = probe_conditions(data.conditions(names), count)
    return {name: ops.convert_to_tensor(values) for name, values in given.items()}


class _Assembly:
    def __init__(
        self, declaration: Declaration, data: DataSpec, given: Mapping[str, object]
    ) -> None:
        self.declaration = declaration
        self.given = given
        self.data = data
        self.seed = declaration.train.seed
        self.latent_shape = declaration.latent_shape
        self.built: dict[str, object] = {}
        self.held: list[HeldPart] = []

    def parts(self) -> Parts:
        declared = self.declaration
        for slot in (*declared.data_slot.augment, *declared.model_slots()):
            for each in (slot, *(held for _, held in held_slots(slot))):
                check_form(each, self.data)
        check_given(declared, self.data)
        augmenting = AugmentationBuilder(declaration=declared, data=self.data, held=self.held)
        augment = augmenting.of_data(probe_batch(self.data, PROBE))
        likelihood = self.build(declared.likelihood, "likelihood", Likelihood)
        with blaming(declared.likelihood, "cannot determine its number of channels"):
            channels = int(likelihood.channels(self.data.channels))

        encoder = self.build(declared.encoder, "encoder", Encoder)
        x = probe_batch(self.data, PROBE)
        features = self.call(
            declared.encoder, "encoder", lambda: self.told(declared.encoder, encoder)(x)
        )
        leaves = keras.tree.flatten(features)  # it may return a tree of arrays
        for leaf in leaves or [features]:
            self.check_shapes(declared.encoder, {"features": leaf}, channels)

        posterior = self.build(declared.posterior, "posterior", Posterior)
        latent = self.call(
            declared.posterior,
            "posterior",
            lambda: self.told(declared.posterior, posterior)(features, samples=1, seed=0),
        )
        if not isinstance(latent, Latent):
            raise ContractError(
                f"{declared.posterior.offer.label} breaks its contract: it must return a "
                f"vaereg.Latent; it returned {type(latent).__name__}."
            )
        given = {"z": latent.z, "mode": latent.mode}
        optional = {"log_var": latent.log_var, "log_q": latent.log_q}
        given |= {name: value for name, value in optional.items() if value is not None}
        self.check_shapes(declared.posterior, given, channels)
        check_density(declared, latent)

        decoder = self.build(declared.decoder, "decoder", Decoder, channels=channels)
        z = ops.cast(latent.mode, "float32")
        latent_augment = augmenting.of_latents(z, self.built)
        outputs = self.call(
            declared.decoder, "decoder", lambda: self.told(declared.decoder, decoder)(z)
        )
        self.check_shapes(declared.decoder, {"outputs": outputs}, channels)
        outputs = ops.cast(outputs, "float32")
        with keras.name_scope("likelihood", caller=likelihood):
            heard = self.told(declared.likelihood, likelihood)
            mean = self.call(declared.likelihood, "likelihood", lambda: heard.mean(outputs))
            shows = Passes(encoder=encoder, posterior=posterior, decoder=decoder, likelihood=heard)
            log_prob = self.call(
                declared.likelihood,
                "likelihood",
                lambda: shows.log_likelihood(x, outputs, seed=0),
            )
            found = {"mean": mean, "log_prob": log_prob}
            if shows.draws:  # weights of its own that only draws use are made here
                found["sample"] = self.call(
                    declared.likelihood, "likelihood", lambda: shows.shown(outputs, 0)
                )
        self.check_shapes(declared.likelihood, found, channels)

        told_to = {
            slot.key: names for slot in declared.model_slots() if (names := declared.told(slot))
        }
        passes = Passes(
            encoder=encoder,
            posterior=posterior,
            decoder=decoder,
            likelihood=likelihood,
            asked=told_to,
        )
        known: dict[str, Any] = {  # fields of BuildContext
            "encode": lambda values, given=None: passes.told(given or {}).encode_mode(values),
            "decode": lambda latents, given=None: passes.told(given or {}).decode(latents),
            "likelihood": likelihood,
        }
        prior = self.build(declared.prior, "prior", Prior, **known)
        check_support(declared, posterior, prior)
        with keras.name_scope("prior", caller=prior):
            heard_prior = self.told(declared.prior, prior)
            drawn = self.call(declared.prior, "prior", lambda: heard_prior.sample(PROBE, 0))
            density = self.call(declared.prior, "prior", lambda: heard_prior.log_prob(z))
        self.check_shapes(declared.prior, {"sample": drawn, "log_prob": density}, channels)

        asked = told_to.get("prior", ())
        known["prior"] = Asking(prior, asked, "prior") if asked else prior
        return Parts(
            data_spec=self.data,
            latent=ArrayGroups(self.declaration.latent.groups),
            encoder=encoder,
            posterior=posterior,
            prior=prior,
            decoder=decoder,
            likelihood=likelihood,
            objective=self.build(declared.objective, "objective", Objective, **known),
            regularizers=self.build_many(declared.regularizers, Regularizer, known),
            discriminators=self.build_many(declared.discriminators, Discriminator, known),
            told={key: names for key, names in told_to.items() if key != "sampler"},
            held=tuple(self.held),
            augment=augment,
            latent_augment=latent_augment,
        )

    def told(self, slot: Slot, part: T) -> T:
        """The part, told what it asks for about the artificial examples."""
        names = self.declaration.told(slot)
        given = probe_given(self.data, names, PROBE)
        return told(part, names, given, slot.key)

    def build(
        self,
        slot: Slot,
        name: str,
        contract: type[T],
        **known: Any,  # fields of BuildContext: channels, and parts built before
    ) -> T:
        """The slot's object: the given part if there is one, otherwise built by its factory."""
        if slot.key in self.given:
            given: T = self.given[slot.key]  # type: ignore[assignment]  # tested like a built one
            self.built[slot.key] = given
            return given
        context = part_context(
            self.declaration, name, self.data, parts=MappingProxyType({**self.built}), **known
        )
        context = attrs.evolve(context, build=PartBuilder(slot.offer.label, context, self.held))
        with placing_untold(slot):
            built = build_component(slot, context, contract)
        self.built[slot.key] = built
        return built

    def build_many(
        self,
        slots: tuple[Slot, ...],
        contract: type[T],
        known: dict[str, Any],  # as above
    ) -> dict[str, T]:
        return {
            slot.key: self.build(slot, f"{slot.kind}_{slot.key}", contract, **known)
            for slot in slots
        }

    def call(self, slot: Slot, name: str, action: Callable[[], T]) -> T:
        """Calls the part; weights that it creates on the first call come from its own seed."""
        seed = seed_of(self.seed, f"{name}/call")
        with placing_untold(slot), seeded(seed), blaming(slot, "cannot be used"):
            return action()

    def check_shapes(self, slot: Slot, outputs: Mapping[str, Tensor], channels: int) -> None:
        """Checks the shapes of a part's outputs, by name, against the contract."""
        due = due_shapes(
            slot.kind, PROBE, data=self.data.shape, latent=self.latent_shape, channels=channels
        )
        for name, value in outputs.items():
            shape = tuple(value.shape) if hasattr(value, "shape") else None
            if shape is None or not fits(shape, due[name]):
                came = f"shape {shape}" if shape is not None else repr(value)[:80]
                raise ContractError(
                    f"{slot.offer.label} breaks its contract: {name} must have shape "
                    f"{in_words(due[name])} for a batch of {PROBE}; got {came}."
                )
