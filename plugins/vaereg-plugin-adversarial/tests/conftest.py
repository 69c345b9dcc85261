"""Fixtures of these tests: artificial steps, and discriminators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from vaereg_plugin_adversarial.plugin import LatentParams, PatchParams

import vaereg


@pytest.fixture
def step() -> Callable[..., Any]:
    """Makes a step with B artificial images in [0, 1] and latents of 3 numbers."""
    from keras import ops

    from vaereg.testing import StandInStep

    def made(shape: tuple[int, ...] = (8, 8, 1), batch: int = 4, **given: Any) -> Any:
        rng = np.random.default_rng(0)

        def images() -> np.ndarray:
            return rng.uniform(size=(batch, *shape)).astype("float32")

        x = images()
        z = rng.normal(size=(batch, 3)).astype("float32") + 1.0
        random_images = {
            "reconstruction": images(),
            "generated": images(),
            "prior_latents": rng.normal(size=(batch, 3)).astype("float32"),
        }
        tensors = {name: ops.convert_to_tensor(value) for name, value in random_images.items()}
        return StandInStep(x, ops.convert_to_tensor(z), **{**tensors, **given})

    return made


@pytest.fixture
def patch() -> Callable[..., Any]:
    """Makes a patch discriminator for images of a shape, with parameters by name."""
    from vaereg_plugin_adversarial.patch import PatchDiscriminator

    def made(
        shape: tuple[int, ...] = (8, 8, 1),
        value_range: tuple[float, float] | None = (0.0, 1.0),
        **params: Any,
    ) -> Any:
        params.setdefault("widths", (4, 8))
        data = vaereg.DataSpec(shape=shape, value_range=value_range)
        context = vaereg.BuildContext(name="discriminator_patch", data_spec=data, latent_shape=(3,))
        return PatchDiscriminator(PatchParams(**params), context)

    return made


@pytest.fixture
def latent() -> Callable[..., Any]:
    """Makes a latent discriminator for latents of 3 numbers, with parameters by name."""
    from vaereg_plugin_adversarial.latent import LatentDiscriminator

    def made(latent_shape: tuple[int, ...] = (3,), **params: Any) -> Any:
        params.setdefault("widths", (8, 8))
        context = vaereg.BuildContext(name="discriminator_latent", latent_shape=latent_shape)
        return LatentDiscriminator(LatentParams(**params), context)

    return made


@pytest.fixture
def compiled() -> Callable[..., np.ndarray]:
    """Runs a function of one batch of arrays as Keras compiles it on this backend."""
    import keras

    def run(function: Callable[[Any], Any], layer: Any, *arrays: np.ndarray) -> np.ndarray:
        class Wrapped(keras.Model):
            def __init__(self) -> None:
                super().__init__()
                self.layer = layer
                self.built = True

            def call(self, inputs: Any) -> Any:
                return function(*inputs)

        model = Wrapped()
        model.compile(jit_compile="auto")
        return model.predict(arrays, batch_size=len(arrays[0]), verbose=0)

    return run
