"""What augmentations that add noise to latents have in common."""

from __future__ import annotations

import keras
from keras import ops

import vaereg
from vaereg.basics.augmentations.draws import for_each, uniform
from vaereg.basics.distributions.split_seed import split_seed


def share_and_noise(
    latents: vaereg.Tensor, most: float, seed: vaereg.Seed
) -> tuple[vaereg.Tensor, vaereg.Tensor]:
    """A number for each latent (B, 1, ..., 1), uniform in [0, most), and standard normal noise."""
    first, second = split_seed(seed, 2)
    (drawn,) = uniform(latents, 1, first)
    noise = keras.random.normal(ops.shape(latents), dtype="float32", seed=second)
    return for_each(most * drawn, latents), noise


def check_real_latents(context: vaereg.BuildContext) -> None:
    """Refuses latents to which noise cannot be added, such as codes or points of a sphere.

    Raises:
        ValueError: naming where they lie.
    """
    support = getattr(context.parts.get("posterior"), "support", "reals")
    if support != "reals":
        raise ValueError(
            f"it adds noise to latents of any real numbers; those of this posterior lie in "
            f"{support!r}"
        )
