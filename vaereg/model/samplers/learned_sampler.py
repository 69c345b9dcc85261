"""A sampler that learns by steps, or a prior in its slot, as the engine trains and uses it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import cast

import keras
import numpy as np
from keras import ops

from vaereg.assembly.blame import blaming
from vaereg.assembly.passes import as_float32
from vaereg.assembly.seeded import seeded
from vaereg.assembly.told import Told, told
from vaereg.contracts.conditions import (
    NO_CONDITIONS,
    Condition,
    Given,
    probe_conditions,
)
from vaereg.contracts.prior import Prior
from vaereg.contracts.sampler import Sampler, TrainedBySteps
from vaereg.contracts.tensor import Seed, Tensor
from vaereg.declaration.declaration import Slot
from vaereg.errors import ContractError
from vaereg.model import named_arrays
from vaereg.model.backends.choice import chosen_backend
from vaereg.model.losses.player_losses import batch_mean
from vaereg.model.losses.terms import named

PROBE = 2
"""How many latents the loss is tried on."""


def is_learned(slot: Slot, built: object) -> bool:
    """Whether the object of a sampler's slot learns by steps: it has a `loss`, or is a prior."""
    return slot.offer.kind == "prior" or callable(getattr(built, "loss", None))


class LearnedSampler:
    """A Keras layer in the sampler's slot, with the methods of every sampler.

    Its loss is tried once, so that it makes its weights and mistakes are found before training.

    Args:
        layer: a sampler with `loss`, or a prior.
        slot: where it is declared.
        latent_shape: the shape of one latent.
        seed: of the weights that it makes on its first use.
        conditions: what it is told of each latent.

    Raises:
        ContractError: if it is not a Keras layer, or its loss is not one value per latent.
        PluginError: if its loss fails.
    """

    def __init__(
        self,
        layer: object,
        slot: Slot,
        latent_shape: tuple[int, ...],
        seed: int,
        conditions: Sequence[Condition] = (),
    ) -> None:
        if not isinstance(layer, keras.layers.Layer):
            raise ContractError(
                f"{slot.offer.label} breaks its contract: what is trained by steps must be a "
                f"keras.layers.Layer; its factory returned a {type(layer).__name__}."
            )
        self.layer: keras.layers.Layer = layer
        self.label = slot.offer.label
        self.latent_shape = latent_shape
        self.conditions = tuple(conditions)
        given = {
            name: ops.convert_to_tensor(values)
            for name, values in probe_conditions(conditions, PROBE).items()
        }
        z = np.random.default_rng(0).standard_normal((PROBE, *latent_shape)).astype("float32")
        with seeded(seed), blaming(slot, "cannot be used"):
            self.mean_loss(ops.convert_to_tensor(z), seed=0, training=False, given=given)
        for each in layer._flatten_layers():
            each.built = True  # it is used by its methods and never called

    @property
    def learns(self) -> bool:
        """Whether it has weights to train; a standard normal has none."""
        return bool(self.layer.trainable_variables)

    def mean_loss(
        self, z: Tensor, *, seed: Seed, training: bool, given: Given = NO_CONDITIONS
    ) -> Tensor:
        """The mean loss of latents z (B, *latent), a scalar; of a prior, -log p(z)."""
        heard = self._told(given)
        with named(self.layer):
            if callable(getattr(self.layer, "loss", None)):
                value = cast("TrainedBySteps", heard).loss(z, seed=seed, training=training)
            else:
                value = -as_float32(cast("Prior", heard).log_prob(z))
        return batch_mean(value, f"the loss of {self.label}")

    def fit(
        self,
        latents: np.ndarray,
        seed: int,
        given: Given = NO_CONDITIONS,
        tell: Callable[[str], None] = lambda text: None,
    ) -> None:
        """What it measures of encoded examples before its first step, if it has `fit`."""
        if callable(getattr(self.layer, "fit", None)):
            call_fit(self._told(given), latents, seed, tell)

    def sample(self, n: int, seed: int, given: Given = NO_CONDITIONS) -> np.ndarray:
        """Draws (n, *latent) float32, with these conditions.

        Raises:
            ContractError: for another shape.
        """
        tensors = {name: ops.convert_to_tensor(values) for name, values in given.items()}
        drawing = Told(self.layer, tensors) if self.conditions else self.layer
        with chosen_backend().without_gradients():
            drawn = cast("Prior", drawing).sample(n, seed)
        values = np.asarray(ops.convert_to_numpy(drawn), dtype=np.float32)
        if values.shape != (n, *self.latent_shape):
            raise ContractError(
                f"{self.label} breaks its contract: sample({n}, seed) must have shape "
                f"{(n, *self.latent_shape)}; got {values.shape}."
            )
        return values

    def _told(self, given: Given) -> object:
        return told(self.layer, [each.name for each in self.conditions], given, "sampler")

    def state(self) -> dict[str, np.ndarray]:
        """Its weights by path."""
        return named_arrays.values(named_arrays.by_path(self.layer.variables))

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Restores its weights.

        Raises:
            RunError: if they do not fit.
        """
        named_arrays.assign(named_arrays.by_path(self.layer.variables), state)


def call_fit(sampler: object, latents: np.ndarray, seed: int, tell: Callable[[str], None]) -> None:
    """Calls `fit` of a sampler, with `tell` if it takes it."""
    fit = cast("Sampler", sampler).fit
    if "tell" in inspect.signature(fit).parameters:
        fit(latents, seed, tell=tell)  # type: ignore[call-arg]  # the third one may be missing
    else:
        fit(latents, seed)
