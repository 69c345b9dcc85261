"""Components that work only with a named partner, or with few shapes."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

import vaereg
from vaereg.component import Component, NoParams, Offer
from vaereg.testing import ComponentUnderTest


class Pyramid(keras.layers.Layer):
    """An encoder that gives features of two sizes."""

    sizes = (6, 3)

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name)
        self.flat = keras.layers.Flatten(name="flat")
        self.layers_ = [keras.layers.Dense(size, "tanh", name=f"to_{size}") for size in self.sizes]

    def call(self, x: Any, training: bool = False) -> Any:
        below = self.flat(x)
        found = {}
        for size, layer in zip(self.sizes, self.layers_, strict=True):
            below = found[f"of_{size}"] = layer(below)
        return found


class PyramidOfImages(Pyramid):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        if context.data_spec.form != "image":
            raise ValueError("it takes images")
        super().__init__(params, context)


class Ladder(keras.layers.Layer):
    """A posterior that takes features of two sizes: a normal distribution of scale 0.5."""

    deterministic = False
    scale = 0.5

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        self.shape = context.latent_shape
        self.sums = [
            keras.layers.Dense(math.prod(self.shape), name=f"of_{size}", dtype="float32")
            for size in Pyramid.sizes
        ]

    def call(
        self, features: Any, samples: int = 1, seed: Any = None, training: bool = False
    ) -> vaereg.Latent:
        flat = sum(
            layer(features[f"of_{size}"])
            for size, layer in zip(Pyramid.sizes, self.sums, strict=True)
        )
        mode = ops.tile(ops.reshape(flat, (-1, *self.shape)), (samples, *(1 for _ in self.shape)))
        noise = keras.random.normal(ops.shape(mode), dtype="float32", seed=seed)
        log_q = -math.log(self.scale) - 0.5 * (math.log(2 * math.pi) + ops.square(noise))
        scales = ops.full(ops.shape(mode), self.scale)
        return vaereg.Latent(
            z=mode + self.scale * noise,
            mode=mode,
            log_q=ops.sum(log_q, axis=tuple(range(1, len(log_q.shape)))),
            params={"scale": scales},
        )


class LadderWithoutItsConstant(Ladder):
    def call(
        self, features: Any, samples: int = 1, seed: Any = None, training: bool = False
    ) -> Any:
        latent = super().call(features, samples, seed, training)
        return latent._replace(log_q=latent.log_q + 1.0)


class OfLadders(keras.layers.Layer):
    """N(0, I), which knows the KL divergence from a ladder and from nothing else."""

    factor = 0.5

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name, dtype="float32")
        self.latent_shape = context.latent_shape
        self.built = True

    def sample(self, n: int, seed: Any) -> Any:
        return keras.random.normal((n, *self.latent_shape), dtype="float32", seed=seed)

    def log_prob(self, z: Any) -> Any:
        per_dim = -0.5 * (ops.square(z) + math.log(2 * math.pi))
        return ops.sum(per_dim, axis=tuple(range(1, len(z.shape))))

    def kl(self, latent: vaereg.Latent) -> Any:
        variance = ops.square(latent.params["scale"])
        per_dim = self.factor * (variance + ops.square(latent.mode) - 1.0 - ops.log(variance))
        return ops.reshape(per_dim, (-1, math.prod(self.latent_shape)))


class OfLaddersTwice(OfLadders):
    factor = 1.0


class MirrorsItsEncoder(keras.layers.Layer):
    """A decoder with the widths of the encoder, in reverse order."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        super().__init__(name=context.name)
        widths = context.parts["encoder"].sizes[::-1]
        shape = (*context.data_spec.shape[:-1], context.channels)
        self.chain = [
            keras.layers.Reshape((math.prod(context.latent_shape),), name="flat"),
            *(keras.layers.Dense(width, "tanh", name=f"to_{width}") for width in widths),
            keras.layers.Dense(math.prod(shape), name="values"),
            keras.layers.Reshape(shape, name="unflat", dtype="float32"),
        ]

    def call(self, z: Any, training: bool = False) -> Any:
        for layer in self.chain:
            z = layer(z)
        return z


class WidensScales:
    """A penalty on what only the ladder tells."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        pass

    def __call__(self, step: Any) -> Any:
        share = ops.square(step.latent.mode) / step.latent.params["scale"]
        return ops.mean(ops.reshape(share, (share.shape[0], -1)), axis=1)


class TakesOneShape(MirrorsItsEncoder):
    """A decoder of images of 20 x 20 pixels and latents of 5 x 5 places and 6 channels."""

    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        if context.latent_shape != (5, 5, 6) or context.data_spec.shape[:-1] != (20, 20):
            raise ValueError("it takes latents of 5x5x6 and images of 20x20 pixels")
        super().__init__(params, context)


class TakesNoneThatIsTried(MirrorsItsEncoder):
    def __init__(self, params: Any, context: vaereg.BuildContext) -> None:
        raise vaereg.DataError(f"latents have 900 values; got {context.latent_shape}")


class FailsInAnyShape(MirrorsItsEncoder):
    """Keras refuses what it does, and names numbers; it says nothing itself."""

    def call(self, z: Any, training: bool = False) -> Any:
        return self.chain[-1](keras.layers.Conv3D(2, 3)(z))


LADDER = {"posterior": {"ladder"}}
PYRAMID = {"encoder": {"pyramid"}}
DECLARED = {
    # name: kind, class, goes_with
    "pyramid": ("encoder", "Pyramid", {}),
    "of_images": ("encoder", "PyramidOfImages", {}),
    "ladder": ("posterior", "Ladder", PYRAMID),
    "of_ladders": ("prior", "OfLadders", LADDER),
    "of_ladders_twice": ("prior", "OfLaddersTwice", LADDER),
    "without_its_constant": ("posterior", "LadderWithoutItsConstant", PYRAMID),
    "mirror": ("decoder", "MirrorsItsEncoder", PYRAMID),
    "mirror_of_images": ("decoder", "MirrorsItsEncoder", {"encoder": {"of_images"}}),
    "widens": ("regularizer", "WidensScales", LADDER),
    "one_shape": ("decoder", "TakesOneShape", PYRAMID),
    "no_shape": ("decoder", "TakesNoneThatIsTried", {}),
    "fails": ("decoder", "FailsInAnyShape", PYRAMID),
}


class Installed:
    """A source of some of these components.

    Args:
        without: the names of those that are not installed.
        forms: the forms of data of single components, by name.
    """

    def __init__(self, without: tuple[str, ...] = (), **forms: set[str]) -> None:
        self.found = [
            Offer(
                component=Component(
                    kind=kind,
                    name=name,
                    factory=f"tests.kit.faulty_companions:{made}",
                    params=NoParams,
                    summary="Made for a test.",
                    goes_with=beside,
                    **({"for_data": frozenset(forms[name])} if name in forms else {}),
                ),
                distribution="acme-vae",
                version="1.0",
            )
            for name, (kind, made, beside) in DECLARED.items()
            if name not in without
        ]

    def offers(self, kind: str | None = None) -> list[Offer]:
        return [each for each in self.found if kind in (None, each.kind)]

    def find(self, kind: str, name: str) -> Offer:
        return next(each for each in self.offers(kind) if each.name == name)

    def under_test(self, name: str) -> ComponentUnderTest:
        return ComponentUnderTest(offer=self.find(DECLARED[name][0], name), source=self)
