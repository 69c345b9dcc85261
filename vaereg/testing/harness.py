"""Calls a component of any kind the way the engine does."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import keras
import numpy as np
from keras import ops

from vaereg.assembly.seeded import seeded
from vaereg.assembly.told import Told
from vaereg.contracts.addresses import SELF, VAE
from vaereg.contracts.due_shapes import Shape, due_shapes, fits, in_words
from vaereg.contracts.latent import Latent, log_density_by_dimension, reparameterized
from vaereg.contracts.likelihood import log_density_of
from vaereg.contracts.objective import Bound
from vaereg.contracts.tensor import Seed, Tensor
from vaereg.errors import ContractError
from vaereg.model.losses.addressed import addressed, stated
from vaereg.model.losses.kl_terms import closed_kl
from vaereg.testing.cases import Case
from vaereg.testing.component_under_test import Built, ComponentUnderTest
from vaereg.testing.stand_ins.parts import (
    StandInCoder,
    coder_weights,
)
from vaereg.testing.stand_ins.step import StandInStep
from vaereg.testing.stand_ins.told_part import hearing, random_conditions

TENSOR_KINDS = (
    "encoder",
    "posterior",
    "prior",
    "decoder",
    "likelihood",
    "regularizer",
    "discriminator",
    "objective",
    "augmentation",
)
"""The kinds whose objects compute with tensors inside the train step."""

LAYERS = ("encoder", "posterior", "prior", "decoder", "likelihood", "discriminator")
"""The kinds whose objects are layers."""

MAY_HAVE_WEIGHTS = (*LAYERS, "regularizer", "objective")
"""The kinds whose objects may have weights; without weights they keep every law of weights."""

NAMES_OF_LOSSES = {
    "regularizer": {VAE: "penalty"},
    "discriminator": {VAE: "generator_loss", SELF: "critic_loss"},
}
"""Kind -> address of a loss -> the name of that output."""

GIVEN = "given_"
"""What the names of inputs that are conditions begin with."""

DRAWS = 2
"""K, the number of latents that a posterior draws for each example."""


class Harness:
    """One object of a component in a case, and its outputs for random inputs.

    Args:
        component: the component.
        case: the case that the object is built for.
        seed: the seed of its weights.
        batch: how many examples the inputs hold.
        built: the object with the parts beside it, if it is already built.
    """

    def __init__(
        self,
        component: ComponentUnderTest,
        case: Case,
        *,
        seed: int = 0,
        batch: int = 3,
        built: Built | None = None,
    ) -> None:
        self.kind = component.kind
        self.case = case
        self.seed = seed
        self.batch = batch
        built = component.built(case, seed) if built is None else built
        self.object = built.part
        self.beside = built.beside
        self.companions = component.companions
        self.encoding = component.encoding_beside(built.beside)
        self.conditions = component.conditions
        self._data_channels = component.channels(case, built.beside)
        self._heard = self.object
        self._called = False

    @cached_property
    def part(self) -> Any:  # the object of any kind
        """The object, told the same conditions with each call if it asks for any."""
        return hearing(self.object, self.conditions, constant=True)

    @cached_property
    def channels(self) -> int:
        """The length of the last axis of decoder outputs."""
        if self.kind == "likelihood":
            return int(self.object.channels(self.case.data.channels))
        return self._data_channels

    @cached_property
    def _shape_of_features(self) -> Any:  # a tree
        """A tree like that of the features of the encoder beside it; () if they are random."""
        if self.encoding is None:
            return ()
        x = ops.convert_to_tensor(self.case.examples(1))
        return keras.tree.map_structure(lambda _: 0, self.encoding.features(x))

    def features(self, given: Mapping[str, Tensor]) -> Any:  # a tensor or a tree of them
        """The features among inputs, in the precision of layers; a tree if a companion gives it."""
        dtype = keras.config.dtype_policy().compute_dtype
        leaves = [ops.cast(given[name], dtype) for name in self.sources("features", given)]
        tree = self._shape_of_features
        return keras.tree.pack_sequence_as(tree, leaves) if tree != () else leaves[0]

    def sources(self, name: str, given: Mapping[str, Tensor]) -> list[str]:
        """The names of the inputs that hold one value: several if it is a tree of arrays."""
        if name in given:
            return [name]
        return [f"{name}_{i}" for i in range(len(given)) if f"{name}_{i}" in given]

    def inputs(self, batch: int | None = None, seed: int = 0) -> dict[str, np.ndarray]:
        """Random inputs of every sort that a component may use, by name, float32."""
        count = self.batch if batch is None else batch
        rng = np.random.default_rng([seed, 14])
        data, latent = self.case.data, self.case.latent_shape
        features = (*latent[:-1], 5) if len(latent) > 1 else (7,)
        samples = int(getattr(self.object, "samples", 1)) if self.kind == "objective" else 1
        drawn = {
            "features": rng.normal(size=(count, *features)),
            "mode": rng.normal(size=(count, *latent)) + 0.5,
            "log_var": 0.5 * rng.normal(size=(count, *latent)) - 0.5,
            "outputs": rng.normal(size=(count, *data.shape[:-1], self.channels)),
            "log_likelihood": rng.normal(size=(samples, count)) - 9.0,
            "log_prior": rng.normal(size=(samples, count)) - 3.0,
            "log_posterior": rng.normal(size=(samples, count)) - 2.0,
            "kl": rng.uniform(0.1, 2.0, size=(count, 4)),
        }
        if self.encoding is not None:
            del drawn["features"]
            drawn |= self.encoding.arrays(self.case.examples(count, seed + 3))
        noise = rng.normal(size=(count, *latent))
        drawn["z"] = reparameterized(drawn["mode"], drawn["log_var"], noise)
        return {
            **{name: value.astype(np.float32) for name, value in drawn.items()},
            **coder_weights(self.case),
            "x": self.case.examples(count, seed),
            "reconstruction": self.case.examples(count, seed + 1),
            "generated": self.case.examples(count, seed + 2),
            "prior_latents": self.case.latents(count, seed),
            **{
                f"{GIVEN}{name}": values
                for name, values in random_conditions(self.conditions, count, seed).items()
            },
        }

    def outputs(
        self, inputs: dict[str, Tensor] | None = None, *, seed: Seed = 1, training: bool = False
    ) -> dict[str, Tensor]:
        """The object's outputs by name, float32 tensors; outputs that are None are left out."""
        given = self.inputs() if inputs is None else inputs
        tensors = {
            name: None if value is None else ops.convert_to_tensor(value)
            for name, value in given.items()
        }
        self._heard = self.told(tensors)
        # Seeded, because some weights are made on the first call.
        with self.case.named_in_errors(), seeded(self.seed):
            found = getattr(self, f"_{self.kind}")(tensors, seed, training)
        self._called = True
        return {
            name: ops.cast(value, "float32") for name, value in found.items() if value is not None
        }

    def numpy(
        self,
        inputs: dict[str, Tensor] | None = None,
        **options: Any,  # of outputs
    ) -> dict[str, np.ndarray]:
        """The outputs as numpy arrays; see `outputs`."""
        found = self.outputs(inputs, **options)
        return {name: np.asarray(ops.convert_to_numpy(value)) for name, value in found.items()}

    def told(self, given: Mapping[str, Tensor]) -> Any:  # the object of any kind
        """The object, told the conditions among the inputs if it asks for any."""
        conditions = {each.name: given[f"{GIVEN}{each.name}"] for each in self.conditions}
        return Told(self.object, conditions) if conditions else self.object

    def due_shapes(self, batch: int) -> dict[str, Shape]:
        """The shape that each output must have."""
        return due_shapes(
            self.kind,
            batch,
            data=self.case.data.shape,
            latent=self.case.latent_shape,
            channels=self.channels,
            samples=DRAWS,
        )

    def wrong_shape(self, outputs: Mapping[str, Tensor], batch: int) -> str:
        """Says which output for a batch of this size has a wrong shape; empty if none has."""
        due = self.due_shapes(batch)
        for name, value in outputs.items():
            shape = tuple(value.shape)
            wanted = due.get("kl" if name.endswith("_kl") else name, (batch,))
            if name not in due and self.kind == "encoder":
                wanted = due["features"]  # one of several arrays
            if name not in due and self.kind == "posterior":
                wanted = due["log_q"]  # a loss term of its own, one for each draw
            if not fits(shape, wanted):
                return f"{name} has shape {shape} instead of {in_words(wanted)} ({self.case.name})"
        return ""

    def variables(self) -> list[keras.Variable]:
        """The object's variables without random states; empty if it is not a layer."""
        if not self._called:  # some weights are made on the first call
            self.outputs()
        found = self.object.variables if isinstance(self.object, keras.layers.Layer) else []
        return [each for each in found if "seed_generator" not in each.path]

    def step(self, given: dict[str, Tensor], seed: Seed, training: bool) -> StandInStep:
        """The step that a term is called with."""
        coder = StandInCoder(self.case, given["encoder_weights"], given["decoder_weights"])
        log_var = given["log_var"]
        noise = (given["z"] - given["mode"]) * ops.exp(-0.5 * log_var)
        by_dimension = log_density_by_dimension(log_var, noise)
        log_q = ops.sum(by_dimension, axis=tuple(range(1, len(by_dimension.shape))))
        latent = Latent(z=given["z"], mode=given["mode"], log_var=log_var, log_q=log_q)
        encode = coder.encode
        if self.encoding is not None and "posterior" in self.companions:
            latent = self.encoding.draw(self.features(given), 1, seed)
            encode = self.encoding.encode
        return StandInStep(
            given["x"],
            latent,
            given["outputs"],
            given["reconstruction"],
            prior_latents=given["prior_latents"],
            generated=given["generated"],
            training=training,
            seed=seed,
            given={each.name: given[f"{GIVEN}{each.name}"] for each in self.conditions},
            prior=self.beside["prior"],
            likelihood=self.beside["likelihood"],
            encode=encode,
            decode=coder.decode,
            log_likelihood=given["log_likelihood"][0],
            kl=given["kl"],
        )

    def _encoder(self, given: dict[str, Tensor], seed: Seed, training: bool) -> dict[str, Tensor]:
        del seed
        leaves = keras.tree.flatten(self._heard(given["x"], training=training))
        if len(leaves) == 1:
            return {"features": leaves[0]}
        return {f"features_{i}": leaf for i, leaf in enumerate(leaves)}  # of a tree

    def _posterior(self, given: dict[str, Tensor], seed: Seed, training: bool) -> dict[str, Tensor]:
        latent = self._heard(self.features(given), samples=DRAWS, seed=seed, training=training)
        return {
            **{name: getattr(latent, name) for name in ("z", "mode", "log_var", "log_q")},
            **latent.terms,
        }

    def _prior(self, given: dict[str, Tensor], seed: Seed, training: bool) -> dict[str, Tensor]:
        del training
        z = given["z"]
        found = {
            "sample": self._heard.sample(z.shape[0], seed),
            "log_prob": self._heard.log_prob(z),
        }
        if hasattr(self.object, "kl"):
            latent = Latent(z, given["mode"], given["log_var"])
            if self.encoding is not None and "posterior" in self.companions:
                latent = self.encoding.draw(self.features(given), 1, seed)
            found["kl"] = closed_kl(latent, self._heard)
        return found

    def _decoder(self, given: dict[str, Tensor], seed: Seed, training: bool) -> dict[str, Tensor]:
        del seed
        return {"outputs": self._heard(given["z"], training=training)}

    def _likelihood(
        self, given: dict[str, Tensor], seed: Seed, training: bool
    ) -> dict[str, Tensor]:
        outputs = given["outputs"]
        return {
            "log_prob": log_density_of(
                self._heard, given["x"], outputs, seed=seed, training=training
            ),
            "mean": self._heard.mean(outputs),
            "sample": self._heard.sample(outputs, seed),
        }

    def _regularizer(
        self, given: dict[str, Tensor], seed: Seed, training: bool
    ) -> dict[str, Tensor]:
        return self._addressed(self.step(given, seed, training))

    def _discriminator(
        self, given: dict[str, Tensor], seed: Seed, training: bool
    ) -> dict[str, Tensor]:
        return self._addressed(self.step(given, seed, training))

    def _addressed(self, step: StandInStep) -> dict[str, Tensor]:
        """The losses of a term, by the name of an output of its kind, or else by address."""
        names = NAMES_OF_LOSSES.get(self.kind, {})
        found = addressed(self.object, step, f"the {self.kind}")
        return {names.get(address, address): loss.value for address, loss in found.items()}

    def _augmentation(
        self, given: dict[str, Tensor], seed: Seed, training: bool
    ) -> dict[str, Tensor]:
        del training
        name, source = ("latents", "z") if self.case.of_latents else ("values", "x")
        return {name: self.object(given[source], seed)}

    def _objective(self, given: dict[str, Tensor], seed: Seed, training: bool) -> dict[str, Tensor]:
        if stated(self.object):
            return self._addressed(self.step(given, seed, training))
        importance = self.object.importance
        terms = self.object(
            Bound(
                log_likelihood=given["log_likelihood"],
                log_prior=given["log_prior"] if importance else None,
                log_posterior=given["log_posterior"] if importance else None,
                kl=None if importance else given["kl"],
                kl_weight=0.7,
            )
        )
        if getattr(self.object, "split", False):
            terms = {f"{side}_{n}": t for side, ts in terms.items() for n, t in ts.items()}
        for name, term in terms.items():
            if term is None:
                raise ContractError(f"the term {name} is None")
        return dict(terms)
