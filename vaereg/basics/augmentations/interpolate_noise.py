"""Latents that are partly replaced by noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import vaereg
from vaereg.basics.augmentations.noise import check_real_latents, share_and_noise

if TYPE_CHECKING:
    from vaereg.basics.augmentations.declared import InterpolateNoiseParams


class InterpolateNoise:
    """(1 - tau) z + tau scale eps, with eps standard normal and tau uniform in [0, most].

    Each example has its own tau. Yang et al. 2025 (l-DeTok, arXiv:2507.15856), with most = 1 and
    scale = 3.

    Raises:
        ValueError: if latents are not any real numbers.
    """

    def __init__(self, params: InterpolateNoiseParams, context: vaereg.BuildContext) -> None:
        check_real_latents(context)
        self.most = params.most
        self.scale = params.scale

    def __call__(self, values: vaereg.Tensor, seed: vaereg.Seed) -> vaereg.Tensor:
        tau, noise = share_and_noise(values, self.most, seed)
        return (1.0 - tau) * values + tau * self.scale * noise
