"""Fixtures of these tests: priors at random weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from vaereg_plugin_flow.plugin import RealNVPParams

import vaereg


@pytest.fixture
def randomize() -> Callable[..., Any]:
    """Gives a layer weights as large as training might, so that it is no longer the identity."""

    def done(layer: Any, seed: int = 0, strength: float = 0.5) -> Any:
        rng = np.random.default_rng(seed)
        for variable in layer.trainable_variables:
            fan_in = variable.shape[0] if len(variable.shape) > 1 else 4
            size = strength / np.sqrt(fan_in)
            variable.assign(rng.normal(0.0, size, variable.shape).astype("float32"))
        return layer

    return done


@pytest.fixture
def prior(randomize: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a small prior over latents of a shape, at its first or at random weights."""
    from vaereg_plugin_flow.real_nvp import RealNVP

    def made(
        latent_shape: tuple[int, ...] = (2,),
        random: bool = True,
        seed: int = 0,
        **params: Any,
    ) -> Any:
        params.setdefault("widths", (8,))
        context = vaereg.BuildContext(name="prior", seed=seed, latent_shape=latent_shape)
        layer = RealNVP(RealNVPParams(**params), context)
        return randomize(layer, seed) if random else layer

    return made
