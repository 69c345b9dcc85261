"""The model of the players of a VAE: its parts, their losses and gradients.

A backend's `BackendSteps` adds training steps, `UseAfterTraining` adds inference, and `VAE`
inherits from both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
from keras import ops

from vaereg.assembly.assemble import PROBE, probe_batch, probe_given
from vaereg.assembly.parts import Parts
from vaereg.assembly.passes import Passes
from vaereg.contracts.conditions import NO_CONDITIONS, Given
from vaereg.contracts.tensor import Tensor
from vaereg.declaration.declaration import Adaptive, Balance, Declaration, Slot
from vaereg.model import named_arrays
from vaereg.model.augmenting import Augmenting
from vaereg.model.ema import WeightAverage
from vaereg.model.engine.engine import Engine
from vaereg.model.engine.untracked import UntrackedOfVAE
from vaereg.model.given_conditions import unpacked_batch
from vaereg.model.losses.player_losses import Losses, PlayerLoss
from vaereg.model.losses.term_means import TermMeans
from vaereg.model.losses.terms import Terms, weight_term
from vaereg.model.player_optimizers import player_optimizers
from vaereg.model.player_variables import player_variables
from vaereg.model.players import (
    Pulled,
    check_adaptive,
    last_kernel,
    summed,
)
from vaereg.model.schedule_time import ScheduleTime
from vaereg.model.term_weights.measured_weights import (
    OF_DECODER,
    balancer_of,
    check_reach,
    measured,
    measured_weights,
)


class PlayersModel(Engine):
    """The parts of one declaration as a Keras model whose players are compiled, without steps.

    Args:
        parts: the built parts.
        declaration: gives the weights, the KL control and the training settings.
        dataset_size: the number of training examples.
    """

    _untracked: UntrackedOfVAE

    def __init__(self, parts: Parts, declaration: Declaration, dataset_size: int) -> None:
        settings = declaration.train
        super().__init__(
            "vae", UntrackedOfVAE(settings=settings, parts=parts, declaration=declaration)
        )
        self.encoder = parts.encoder
        self.posterior = parts.posterior
        self.decoder = parts.decoder
        self.prior = parts.prior
        self.likelihood = parts.likelihood
        self.regularizers = _layers(parts.regularizers)
        self.discriminators = _layers(parts.discriminators)
        self._passes = Passes.of(parts)
        augment = Augmenting.of(parts.augment, settings.seed)
        augment_latents = Augmenting.of(parts.latent_augment, settings.seed)
        self._untracked.augment = augment
        self.augmenting = _layers({**parts.augment, **parts.latent_augment})
        self.augmentation_noise = [*augment.seeds.values(), *augment_latents.seeds.values()]
        self._terms = Terms(
            passes=self._passes,
            objective=parts.objective,
            regularizers=parts.regularizers,
            discriminators=parts.discriminators,
            declared=self._weighted_slots(),
            objective_slot=declaration.objective,
            told=parts.told,
            augment_latents=augment_latents or None,
            kl=declaration.kl,
            dataset_size=dataset_size,
            time=ScheduleTime(steps_per_epoch=max(dataset_size // settings.batch_size, 1)),
        )
        probed = self._create_variables()
        self._untracked.players = player_variables(
            parts,
            players={loss.player: None for loss in probed.losses},
            own=settings.optimizers,
            gated=probed.gates,
        )
        adaptive = [key for key, each in self._measured().items() if isinstance(each, Adaptive)]
        losses_of = {key: probed.of_adaptive(key) for key in adaptive}
        check_adaptive(losses_of, self.by_player, last_kernel(self.decoder))
        check_reach(self._terms, *self._probed_batch(), seed=self.evaluation_noise)
        self.balancer = balancer_of(self._measured())
        if settings.ema:
            self.average = WeightAverage(self.by_player["vae"], settings.ema)
        self.compile_players(player_optimizers(declaration, self._players))
        named_arrays.by_path(self.all_variables())  # raises where two variables share a path

    # ---- building ----

    def _create_variables(self) -> Losses:
        """Runs every term once on two artificial examples, so that each layer makes its weights."""
        x, given = self._probed_batch()
        with self._terms.probing():
            probed = self._terms.losses(
                x,
                global_step=ops.zeros((), "int32"),
                seed=self.evaluation_noise,
                training=False,
                given=given,
            )
        self.reset_evaluation_noise()
        self._untracked.means = TermMeans([*probed.logs, *map(weight_term, self._measured())])
        for layer in self._flatten_layers():
            layer.built = True  # a prior is used by its methods and never called
        return probed

    def _probed_batch(self) -> tuple[Tensor, Given]:
        """Two artificial examples with conditions."""
        spec = self.parts.data_spec
        return probe_batch(spec, PROBE), probe_given(spec, self.parts.asked, PROBE)

    @property
    def parts(self) -> Parts:
        """The parts of this model."""
        return self._untracked.parts

    @property
    def declaration(self) -> Declaration:
        """The declaration that this model was built from."""
        return self._untracked.declaration

    def _weighted_slots(self) -> dict[str, Slot]:
        declared = self.declaration
        return {slot.key: slot for slot in (*declared.regularizers, *declared.discriminators)}

    def _measured(self) -> dict[str, Adaptive | Balance]:
        return measured(self.declaration)

    # ---- what the backends' steps call ----

    def unpack_batch(self, data: object) -> tuple[Tensor, Given]:
        """The batch (B, *data), float32, and its conditions, from what Keras passes to a step.

        Raises:
            DataError: if they do not fit the declared data, or a condition is missing.
        """
        return unpacked_batch(data, self.parts)

    def losses(
        self,
        x: Tensor,
        training: bool,
        given: Given = NO_CONDITIONS,
        added: Sequence[Tensor] = (),
    ) -> Losses:
        """The losses to differentiate and the terms to log, for a batch with its conditions.

        `added` are tensors to add to the decoder's outputs; see `Taps`. Examples are augmented in
        training, and only then.
        """
        if training:
            x = self._untracked.augment(x)
        return self._terms.losses(
            x,
            global_step=self.global_step.value,
            seed=self.noise if training else self.evaluation_noise,
            training=training,
            given=given,
            added=added,
        )

    def outputs_of(self, loss: PlayerLoss, outputs: Sequence[Tensor]) -> list[Tensor]:
        """The outputs of the decoder with respect to which a loss is differentiated too."""
        return list(outputs) if self.balancer and loss.player in OF_DECODER else []

    def combine_gradients(
        self, losses: Sequence[PlayerLoss], gradients: Sequence[Sequence[Tensor | None]]
    ) -> tuple[list[Tensor | None], dict[str, Tensor]]:
        """One gradient per trainable variable, and the measured weights to log."""
        pulled = []
        for loss, each in zip(losses, gradients, strict=True):
            count = len(self.variables_of(loss))
            pulled.append(
                Pulled(loss.adaptive_of, self.variables_of(loss), each[:count], each[count:])
            )
        weights = measured_weights(
            pulled,
            self._measured(),
            anchor=last_kernel(self.decoder),
            balancer=self.balancer,
            loss_scale=self.optimizer.scale_loss(ops.ones(())),
        )
        weights = {
            key: weight * self._terms.warmed_up(key, self.global_step.value)
            for key, weight in weights.items()
        }
        total = summed(pulled, weights)
        return (
            [total.get(id(variable)) for variable in self.trainable_variables],
            {weight_term(key): weight for key, weight in weights.items()},
        )


def _layers(parts: Mapping[str, object]) -> list[keras.layers.Layer]:
    return [part for part in parts.values() if isinstance(part, keras.layers.Layer)]
