"""A sampler as a Keras model that the engine trains on latents."""

from __future__ import annotations

from collections.abc import Sequence

import keras
from keras import ops

from vaereg.contracts.conditions import NO_CONDITIONS, Given
from vaereg.contracts.tensor import Tensor
from vaereg.declaration.declaration import TrainSettings
from vaereg.model import named_arrays
from vaereg.model.backends.chosen_steps import BackendSteps
from vaereg.model.ema import WeightAverage, copied
from vaereg.model.engine.untracked import Untracked
from vaereg.model.given_conditions import conditions_of_batch
from vaereg.model.losses.player_losses import Losses, PlayerLoss
from vaereg.model.losses.term_means import TermMeans
from vaereg.model.optimizers import PlayersOptimizer, make_optimizer
from vaereg.model.player_variables import PlayerVariables
from vaereg.model.players import Pulled, owned, summed
from vaereg.model.samplers.learned_sampler import LearnedSampler

SAMPLER = "sampler"
"""The only player."""


class SamplerModel(BackendSteps):
    """One player: a sampler, whose loss is the mean of its loss over latents.

    Args:
        sampler: what is trained; its layer has its weights already.
        settings: how it is trained.
    """

    def __init__(self, sampler: LearnedSampler, settings: TrainSettings) -> None:
        super().__init__("sampler_model", Untracked(settings=settings))
        self.layer = sampler.layer
        self._mean_loss = sampler.mean_loss
        self._conditions = sampler.conditions
        variables = owned({SAMPLER: [sampler.layer]})
        self._untracked.means = TermMeans(["loss"])
        self._untracked.players = PlayerVariables(
            by_player=variables, by_optimizer=variables, gates={}
        )
        if settings.ema:
            self.average = WeightAverage(variables[SAMPLER], settings.ema)
        optimizer = make_optimizer(
            settings.optimizer, f"{SAMPLER}_optimizer", variables[SAMPLER], settings.seed
        )
        self.built = True
        self.compile_players(PlayersOptimizer({SAMPLER: optimizer}, variables))
        named_arrays.by_path(self.all_variables())  # raises where two variables share a path

    def unpack_batch(self, data: object) -> tuple[Tensor, Given]:
        """The latents (B, *latent), float32, and their conditions, from what Keras passes."""
        z, y, _ = keras.utils.unpack_x_y_sample_weight(data)
        given = conditions_of_batch(y, self._conditions)
        return ops.cast(ops.convert_to_tensor(z), "float32"), given

    def losses(
        self,
        x: Tensor,
        training: bool,
        given: Given = NO_CONDITIONS,
        added: Sequence[Tensor] = (),
    ) -> Losses:
        """The loss of the sampler for latents (B, *latent)."""
        del added
        seed = self.noise if training else self.evaluation_noise
        value = self._mean_loss(x, seed=seed, training=training, given=given)
        return Losses([PlayerLoss(SAMPLER, value)], {"loss": value})

    def combine_gradients(
        self, losses: Sequence[PlayerLoss], gradients: Sequence[Sequence[Tensor | None]]
    ) -> tuple[list[Tensor | None], dict[str, Tensor]]:
        """One gradient per trainable variable, and no further terms."""
        pulled = [
            Pulled("", self.variables_of(loss), each)
            for loss, each in zip(losses, gradients, strict=True)
        ]
        total = summed(pulled, {})
        return [total.get(id(variable)) for variable in self.trainable_variables], {}

    def keep_averages(self) -> None:
        """Gives the sampler its weights for evaluation for good."""
        for variable, value in self.evaluation_weights():
            variable.assign(copied(value))
