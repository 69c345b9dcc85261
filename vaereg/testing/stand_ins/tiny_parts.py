"""The parts of the tiny VAE in which a component under test is trained."""

from __future__ import annotations

import math
from typing import Any

import attrs
import keras
from keras import ops

from vaereg.component import Component, NoParams, Offer, param
from vaereg.contracts.context import BuildContext
from vaereg.contracts.latent import Latent
from vaereg.contracts.objective import Bound
from vaereg.contracts.slot import Slot
from vaereg.contracts.support import REALS, SPHERE
from vaereg.contracts.tensor import Seed, Tensor
from vaereg.testing.stand_ins.tiny_sphere import TinySpherePosterior, TinySpherePrior

LOG_2PI = math.log(2 * math.pi)


class TinyEncoder(keras.layers.Layer):
    """x (B, *data) -> features (B, 7), or (B, h, w, 5) for latents (h, w, c)."""

    def __init__(self, params: NoParams, context: BuildContext) -> None:
        super().__init__(name=context.name)
        del params
        latent = context.latent_shape
        self.shape = (*latent[:-1], 5) if len(latent) > 1 else (7,)
        self.flat = keras.layers.Reshape((context.data_spec.dimensions,), name="flat")
        self.hidden = keras.layers.Dense(math.prod(self.shape), "tanh", name="hidden")

    def call(self, x: Tensor, training: bool = False) -> Tensor:
        del training
        return ops.reshape(self.hidden(self.flat(x)), (-1, *self.shape))


class TinyPosterior(keras.layers.Layer):
    """Features (B, ...), or a tree of them, -> a diagonal Gaussian."""

    deterministic = False

    def __init__(self, params: NoParams, context: BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        del params
        self.latent_shape = context.latent_shape
        size = math.prod(self.latent_shape)
        self.flat = keras.layers.Flatten(name="flat", dtype="float32")
        self.mean = keras.layers.Dense(size, name="mean", dtype="float32")
        self.log_var = keras.layers.Dense(size, name="log_var", dtype="float32")

    def call(
        self,
        features: Any,  # a tensor, or a tree of them
        samples: int = 1,
        seed: Seed = None,
        training: bool = False,
    ) -> Latent:
        del training
        leaves = [self.flat(each) for each in keras.tree.flatten(features)]
        flat = leaves[0] if len(leaves) == 1 else ops.concatenate(leaves, axis=-1)
        mean = ops.tile(self.mean(flat), (samples, 1))
        log_var = ops.tile(self.log_var(flat), (samples, 1))
        noise = keras.random.normal(ops.shape(mean), dtype="float32", seed=seed)
        z = mean + ops.exp(0.5 * log_var) * noise
        log_q = -0.5 * ops.sum(log_var + ops.square(noise) + LOG_2PI, axis=1)
        shape = (-1, *self.latent_shape)
        return Latent(
            z=ops.reshape(z, shape),
            mode=ops.reshape(mean, shape),
            log_var=ops.reshape(log_var, shape),
            log_q=log_q,
        )


@attrs.frozen
class SupportParams:
    """What a stand-in for a prior says of its latents."""

    support: str = param(REALS, "where its latents lie")


class TinyPrior:
    """N(0, I)."""

    def __init__(self, params: SupportParams, context: BuildContext) -> None:
        self.support = params.support
        self.latent_shape = context.latent_shape

    def sample(self, n: int, seed: Seed) -> Tensor:
        """Draws (n, *latent)."""
        return keras.random.normal((n, *self.latent_shape), dtype="float32", seed=seed)

    def log_prob(self, z: Tensor) -> Tensor:
        """log p(z), (B,)."""
        return ops.sum(-0.5 * (LOG_2PI + ops.square(z)), axis=tuple(range(1, len(z.shape))))


class TinyDecoder(keras.layers.Layer):
    """z (B, *latent) -> outputs (B, *data[:-1], channels)."""

    def __init__(self, params: NoParams, context: BuildContext) -> None:
        super().__init__(name=context.name)
        del params
        self.flat = keras.layers.Reshape((math.prod(context.latent_shape),), name="flat")
        self.hidden = keras.layers.Dense(8, "tanh", name="hidden")
        assert context.channels is not None  # a decoder is built after its likelihood
        shape = (*context.data_spec.shape[:-1], context.channels)
        self.values = keras.layers.Dense(math.prod(shape), name="values", dtype="float32")
        self.unflat = keras.layers.Reshape(shape, name="unflat", dtype="float32")

    def call(self, z: Tensor, training: bool = False) -> Tensor:
        del training
        return self.unflat(self.values(self.hidden(self.flat(z))))


class TinyLikelihood:
    """N(outputs, I)."""

    def __init__(self, params: NoParams, context: BuildContext) -> None:
        del params, context

    def channels(self, data_channels: int) -> int:
        """One mean per value."""
        return data_channels

    def log_prob(self, x: Tensor, outputs: Tensor, training: bool = False) -> Tensor:
        """log p(x given z), (B,)."""
        del training
        per_dim = -0.5 * (LOG_2PI + ops.square(x - outputs))
        return ops.sum(per_dim, axis=tuple(range(1, len(per_dim.shape))))

    def mean(self, outputs: Tensor) -> Tensor:
        """The outputs themselves."""
        return outputs

    def sample(self, outputs: Tensor, seed: Seed) -> Tensor:
        """Draws (B, *data)."""
        return outputs + keras.random.normal(ops.shape(outputs), dtype="float32", seed=seed)


class TinyObjective:
    """The negative ELBO."""

    samples = 1
    importance = False

    def __init__(self, params: NoParams, context: BuildContext) -> None:
        del params, context

    def __call__(self, bound: Bound) -> dict[str, Tensor]:
        terms = {"reconstruction": -ops.mean(bound.log_likelihood, axis=0)}
        if bound.kl is not None:  # None for a deterministic posterior
            terms["kl"] = bound.kl
        return terms


_PARTS = {
    "encoder": TinyEncoder,
    "posterior": TinyPosterior,
    "prior": TinyPrior,
    "decoder": TinyDecoder,
    "likelihood": TinyLikelihood,
    "objective": TinyObjective,
}


def tiny_part(kind: str, context: BuildContext) -> object:
    """The tiny part of a kind, built but not called yet."""
    params = SupportParams() if kind == "prior" else NoParams()
    part: object = _PARTS[kind](params, context)
    return part


_ON_SPHERES = {"posterior": TinySpherePosterior, "prior": TinySpherePrior}


def tiny_slot(kind: str, support: str = REALS) -> Slot:
    """A slot with the tiny part of a kind; dataset and sampler are placeholders, never built.

    Args:
        kind: of the part.
        support: where the latents of a posterior or a prior lie. A prior of another support than
            real numbers and spheres has the density of N(0, I).
    """
    parts = _PARTS | (_ON_SPHERES if support == SPHERE else {})
    part = parts.get(kind)
    params = SupportParams(support=support) if part is TinyPrior else NoParams()
    component = Component(
        kind=kind,
        name="tiny",
        factory=f"{part.__module__}:{part.__name__}" if part else "nowhere:nothing",
        params=type(params),
        summary="Tiny.",
    )
    offer = Offer(component=component, distribution="vaereg-testing", version="0")
    return Slot(kind=kind, key=kind, offer=offer, params=params)
