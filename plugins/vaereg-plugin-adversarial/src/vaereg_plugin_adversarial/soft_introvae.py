"""Soft introspective VAE: the encoder tells data from samples, the decoder makes them alike."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from keras import ops

import vaereg

if TYPE_CHECKING:
    from vaereg_plugin_adversarial.plugin import SoftIntroVaeParams


class SoftIntroVae:
    """The encoder raises the ELBO of data and lowers that of fakes; the decoder raises both.

    With s = 1 / number of values, rec(x) the squared error of the reconstruction of x, and the
    fakes f: reconstructions and samples of the prior, as constants in the encoder's loss:

        inference   s (b_rec rec(x) + b_kl KL(x)) + 1/4 sum_f exp(-2 s (b_rec rec(f) + b_neg KL(f)))
        generation  s (b_rec rec(x) + 1/2 b_kl sum_f KL(f) + 1/2 g_r b_rec sum_f rec(f))

    In the generation side's rec(f), only the decoding of the fake's latent moves the decoder. Both
    sides take their steps at once, where the authors' code updates the encoder first. The control
    of the KL divergence ([models.M.kl]) has no effect on these losses.

    Source: Daniel and Tamar 2021, arXiv:2012.13253, eq. 11 and 12, with the scale and the constants
    of the authors' code.
    """

    samples = 1
    importance = False

    def __init__(self, params: SoftIntroVaeParams, context: vaereg.BuildContext) -> None:
        self.params = params
        self.scale = 1.0 / math.prod(context.data_spec.shape)

    def losses(self, step: vaereg.Step) -> vaereg.AddressedLosses:
        """The losses of both sides, (B,) each."""
        params, scale = self.params, self.scale
        real = params.reconstruction * _error(step.x, step.reconstruction)
        inference = scale * (real + params.kl * _total(step.kl))
        generation = scale * real
        for fake in (step.reconstruction, step.generated):
            fixed = ops.stop_gradient(fake)
            seen = step.encode(fixed, draw=True)
            error = _error(fixed, step.mean(step.decode(seen.z)))
            # One draw can estimate a divergence below 0, which would blow the exponential up.
            divergence = ops.maximum(_total(step.kl_of(seen)), 0.0)
            energy = params.reconstruction * error + params.negative * divergence
            inference = inference + 0.25 * ops.exp(-2.0 * scale * energy)
            moved = step.encode(fake, draw=True)
            rebuilt = _error(fixed, step.mean(step.decode(ops.stop_gradient(moved.z))))
            consistency = params.consistency * params.reconstruction * rebuilt
            regularity = params.kl * _total(step.kl_of(moved))
            generation = generation + 0.5 * scale * (regularity + consistency)
        return {"inference": inference, "generation": generation}


def _error(x: vaereg.Tensor, y: vaereg.Tensor) -> vaereg.Tensor:
    """The squared error, (B,)."""
    return ops.sum(ops.square(x - y), axis=tuple(range(1, len(x.shape))))


def _total(kl: vaereg.Tensor) -> vaereg.Tensor:
    """The KL divergence of all groups, (B,)."""
    return ops.sum(kl, axis=-1)
