"""VAE-GAN: encoder, decoder and critic as three players."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from keras import ops

import vaereg
from vaereg_plugin_adversarial.patch import PatchDiscriminator
from vaereg_plugin_adversarial.plugin import PatchCriticParams, PatchParams

if TYPE_CHECKING:
    from vaereg_plugin_adversarial.plugin import VaeGanParams


class VaeGan(PatchDiscriminator):
    """The critic's features replace the likelihood, and each player has a loss of its own.

    With the features f(x) of one layer of the critic D and the loss l = 1/2 |f(x) - f(y)|^2 of the
    reconstruction y, summed over the features:

        encoder  l (the KL divergence is the objective's)
        decoder  (1 - balance) l + balance (loss.generator(D(y)) + loss.generator(D(s)))
        critic   loss.real(D(x)) + loss.fake(D(y)) + loss.fake(D(s)) + penalties

    s are samples of the prior; losses are means over patches. If the critic's mean loss on the data
    or on the fakes is below `equilibrium - margin`, the critic sits the step out; if one is above
    `equilibrium + margin`, the decoder does; if both would, neither does.

    Source: Larsen et al. 2016, arXiv:1512.09300, algorithm 1; the gate is that of their code.

    Raises:
        ValueError: if there is no such layer, or the image is too small for the number of stages.
    """

    def __init__(self, params: VaeGanParams, context: vaereg.BuildContext) -> None:
        shared = {each.name: getattr(params, each.name) for each in attrs.fields(PatchCriticParams)}
        super().__init__(PatchParams(**shared, fakes="both"), context)
        count = len(self.convolutions)
        if not -count <= params.layer < count:
            raise ValueError(
                f"`layer` is {params.layer}; the critic has {count} convolutions, "
                f"{-count} to {count - 1}"
            )
        self.balance, self.compared_layer = params.balance, params.layer
        self.gate = (params.equilibrium, params.margin) if params.gated else None

    def losses(self, step: vaereg.Step) -> vaereg.AddressedLosses:
        """The losses of encoder, decoder and critic, (B,) each."""
        similarity = self.similarity(step)
        fooled = 2.0 * self.generator_loss(step)  # of both groups of fakes, not their mean
        critic_learns, decoder_learns = self.who_learns(step)
        decoder = (1.0 - self.balance) * similarity + self.balance * fooled
        return {
            "inference": similarity,
            "decoder": vaereg.Loss(decoder, decoder_learns),
            "self": vaereg.Loss(self.critic_loss(step), critic_learns),
        }

    def critic_loss(self, step: vaereg.Step) -> vaereg.Tensor:
        """The critic's loss on data, reconstructions and samples, with penalties, (B,)."""
        _, fake = self.costs(step)
        return super().critic_loss(step) + fake  # the sum over both groups of fakes

    def similarity(self, step: vaereg.Step) -> vaereg.Tensor:
        """Half the squared distance of the features of the data and of reconstructions, (B,)."""
        data, reconstruction, *_ = self.evaluated(step)
        gap = data.features[self.compared_layer] - reconstruction.features[self.compared_layer]
        gap = ops.cast(gap, "float32")
        return 0.5 * ops.sum(ops.square(gap), axis=tuple(range(1, len(gap.shape))))

    def who_learns(self, step: vaereg.Step) -> tuple[vaereg.Tensor | bool, vaereg.Tensor | bool]:
        """Whether the critic and whether the decoder takes part in this step, scalar booleans."""
        if self.gate is None:
            return True, True
        equilibrium, margin = self.gate
        real, fake = (ops.mean(cost) for cost in self.costs(step))
        ahead = ops.minimum(real, fake) < equilibrium - margin
        behind = ops.maximum(real, fake) > equilibrium + margin
        # if both are too far ahead, neither sits out
        return (
            ops.logical_or(ops.logical_not(ahead), behind),
            ops.logical_or(ops.logical_not(behind), ahead),
        )

    def diagnostics(self, step: vaereg.Step) -> dict[str, vaereg.Tensor]:
        """As for `patch`, and whether critic and decoder take part, 1 or 0 for each example."""
        found = super().diagnostics(step)
        if self.gate is None:
            return found
        shape = ops.shape(step.x)[:1]
        critic, decoder = self.who_learns(step)
        return {
            **found,
            "critic_learns": ops.broadcast_to(ops.cast(critic, "float32"), shape),
            "decoder_learns": ops.broadcast_to(ops.cast(decoder, "float32"), shape),
        }
