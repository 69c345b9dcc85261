"""Latents with noise, for a decoder that is not surprised by draws that are no codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import vaereg
from vaereg.basics.augmentations.noise import check_real_latents, share_and_noise

if TYPE_CHECKING:
    from vaereg.basics.augmentations.declared import GaussianNoiseParams


class GaussianNoise:
    """z + sigma eps, with eps standard normal and sigma uniform in [0, most] for each example.

    Zheng et al. 2025 (RAE, arXiv:2510.11690), there with most = 0.8 on features of variance 1.

    Raises:
        ValueError: if latents are not any real numbers.
    """

    def __init__(self, params: GaussianNoiseParams, context: vaereg.BuildContext) -> None:
        check_real_latents(context)
        self.most = params.most

    def __call__(self, values: vaereg.Tensor, seed: vaereg.Seed) -> vaereg.Tensor:
        sigma, noise = share_and_noise(values, self.most, seed)
        return values + sigma * noise
