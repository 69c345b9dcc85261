"""The model of several players, each with its own loss and variables.

A backend's `BackendSteps` adds training steps, `UseAfterTraining` adds inference, and `VAE`
inherits from both.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

import keras
import numpy as np
from keras import ops

from vaereg.assembly.assemble import PROBE, probe_batch, probe_given
from vaereg.assembly.parts import Parts
from vaereg.assembly.passes import Passes
from vaereg.contracts.conditions import NO_CONDITIONS, Given
from vaereg.contracts.tensor import Tensor
from vaereg.declaration.declaration import Adaptive, Balance, Declaration, Slot
from vaereg.model import named_arrays
from vaereg.model.batch_source import BatchSource
from vaereg.model.ema import WeightAverage
from vaereg.model.given_conditions import unpacked_batch
from vaereg.model.losses.player_losses import Losses, PlayerLoss
from vaereg.model.losses.running_means import RunningMeans
from vaereg.model.losses.term_means import TermMeans
from vaereg.model.losses.terms import Terms, weight_term
from vaereg.model.optimizers import PlayersOptimizer
from vaereg.model.player_optimizers import player_optimizers
from vaereg.model.player_variables import PlayerVariables, player_variables
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
from vaereg.model.untracked import Untracked


class PlayersModel(RunningMeans):
    """The parts of one declaration as a Keras model whose players are compiled, without steps.

    Args:
        parts: the built parts.
        declaration: gives the weights, the KL control and the training settings.
        dataset_size: the number of training examples.
    """

    optimizer: PlayersOptimizer
    """Set by `compile`; for half precision, Keras wraps it in an optimizer with its methods."""

    def __init__(self, parts: Parts, declaration: Declaration, dataset_size: int) -> None:
        super().__init__(name="vae")
        settings = declaration.train
        self._untracked = Untracked(parts, declaration)
        self.encoder = parts.encoder
        self.posterior = parts.posterior
        self.decoder = parts.decoder
        self.prior = parts.prior
        self.likelihood = parts.likelihood
        self.regularizers = _layers(parts.regularizers)
        self.discriminators = _layers(parts.discriminators)
        self.noise = keras.random.SeedGenerator(settings.seed, name="noise")
        self.evaluation_noise = keras.random.SeedGenerator(settings.seed + 1, name="evaluation")
        self.global_step: keras.Variable = self.add_weight(
            name="steps", shape=(), dtype="int32", initializer="zeros", trainable=False
        )
        self._passes = Passes.of(parts)
        self._terms = Terms(
            passes=self._passes,
            objective=parts.objective,
            regularizers=parts.regularizers,
            discriminators=parts.discriminators,
            declared=self._weighted_slots(),
            objective_slot=declaration.objective,
            told=parts.told,
            kl=declaration.kl,
            dataset_size=dataset_size,
            time=ScheduleTime(steps_per_epoch=max(dataset_size // settings.batch_size, 1)),
        )
        self.batch_source: BatchSource | None = None
        """Where the steps of a chunk take their batches from; None if steps are made one by one."""
        self.eager_reason = ""
        """Why steps run eagerly although the backend could compile them; empty if they do not."""
        self.average: WeightAverage | None = None
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
        self._compile_players()
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

    def _compile_players(self) -> None:
        composite = player_optimizers(self.declaration, self._players)
        self._untracked.optimizer = composite
        self._accumulation = composite.accumulation
        jit = self.declaration.train.jit
        self.compile(optimizer=composite, jit_compile="auto" if jit is None else jit)
        self.optimizer.build(self.trainable_variables)

    @property
    def _players(self) -> PlayerVariables:
        assert self._untracked.players is not None, "players are not known before the first probe"
        return self._untracked.players

    @property
    def parts(self) -> Parts:
        """The parts of this model."""
        return self._untracked.parts

    @property
    def declaration(self) -> Declaration:
        """The declaration that this model was built from."""
        return self._untracked.declaration

    @property
    def by_player(self) -> dict[str, list[keras.Variable]]:
        """Player -> the trainable variables that it owns; "vae" first, then the discriminators."""
        return self._players.by_player

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

        `added` are tensors to add to the decoder's outputs; see `Taps`.
        """
        return self._terms.losses(
            x,
            global_step=self.global_step.value,
            seed=self.noise if training else self.evaluation_noise,
            training=training,
            given=given,
            added=added,
        )

    def variables_of(self, loss: PlayerLoss) -> list[keras.Variable]:
        """The variables that a loss may move."""
        return self.by_player[loss.player]

    def outputs_of(self, loss: PlayerLoss, outputs: Sequence[Tensor]) -> list[Tensor]:
        """The outputs of the decoder with respect to which a loss is differentiated too."""
        return list(outputs) if self.balancer and loss.player in OF_DECODER else []

    def combine_gradients(
        self, losses: Sequence[PlayerLoss], gradients: Sequence[Sequence[Tensor | None]]
    ) -> tuple[list[Tensor | None], dict[str, Tensor]]:
        """One gradient per trainable variable, and the measured weights to log.

        Args:
            losses: of one step.
            gradients: for each loss, its gradients with respect to `variables_of(loss)` and then
                to `outputs_of(loss)`.
        """
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

    @contextmanager
    def taking_part(self, gates: Mapping[str, Tensor]) -> Iterator[None]:
        """Within, the optimizers of players that sit this step out change nothing.

        Args:
            gates: player -> a scalar boolean, as in `Losses`.
        """
        closed = {}
        for name, players in self._players.gates.items():
            closed[name] = gates[players[0]]
            for player in players[1:]:
                closed[name] = ops.logical_and(closed[name], gates[player])
        assert self._untracked.optimizer is not None, "it was set by `compile`"
        with self._untracked.optimizer.gated(closed):
            yield

    def apply_gradients(
        self, losses: Losses, gradients: Sequence[Sequence[Tensor | None]], x: Tensor
    ) -> dict[str, Tensor]:
        """Makes all updates of a step and returns the running means.

        For backends that update variables in place.
        """
        updates, weights = self.combine_gradients(losses.losses, gradients)
        with self.taking_part(losses.gates):
            self.optimizer.apply(updates, self.trainable_variables)
        self.after_update()
        return self.update_metrics(losses.logs | weights, x)

    def after_update(self) -> None:
        """Counts the step and moves the averaged weights."""
        if self.average is not None:
            done = self.global_step.value
            applied = ops.equal((done + 1) % self._accumulation, 0)
            self.average.update(done // self._accumulation, applied)
        self.global_step.assign_add(1)

    def log_without_update(self, data: object) -> dict[str, Tensor]:
        """The whole test step: updates the running means in inference mode and returns them."""
        x, given = self.unpack_batch(data)
        return self.update_metrics(self.losses(x, training=False, given=given).logs, x)

    def set_batch_source(self, source: BatchSource | None) -> None:
        """Makes `fit` take chunks of batches from a source, or single batches if it is None.

        A call of the train function then makes all steps of a chunk.
        """
        self.batch_source = source
        self.train_function: Callable[..., object] | None = None  # Keras makes it anew

    def make_train_function(self, force: bool = False) -> None:
        """As in Keras, or with a batch source, a function that makes all steps of a chunk."""
        if self.batch_source is None:
            super().make_train_function(force)
        elif self.train_function is None or force:
            self.train_function = self.steps_of_chunks(self.batch_source)

    @abstractmethod
    def steps_of_chunks(self, source: BatchSource) -> Callable[..., object]:
        """The `train_function` for a batch source; each backend defines its own."""

    def reset_evaluation_noise(self) -> None:
        """Makes the next evaluation draw the same noise as every other evaluation."""
        seed = self.declaration.train.seed + 1
        self.evaluation_noise.state.assign(np.array([seed, 0], dtype="uint32"))

    # ---- variables ----

    def all_variables(self) -> list[keras.Variable]:
        """Everything that a step reads or updates."""
        return [*self.variables, *self.optimizer.variables, *self.metrics_variables]

    def steps_done(self) -> int:
        """How many training steps have been made."""
        self.synchronise()
        return int(ops.convert_to_numpy(self.global_step.value))

    def keeping_variables(self) -> AbstractContextManager[None]:
        """Within, no variable is lost if Keras's steps fail or are interrupted."""
        return nullcontext()

    def synchronise(self) -> None:
        """On JAX, within `fit`, updates the variables from the state of the step."""
        synchronise = getattr(self, "jax_state_sync", None)
        if synchronise is not None:
            synchronise()

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Uses the averaged weights within, if the declaration sets `ema`.

        One thread at a time; others wait.
        """
        with self._untracked.in_use:
            if self.average is None:
                yield
                return
            self.synchronise()
            with self.average.swapped_in():
                yield


def _layers(parts: Mapping[str, object]) -> list[keras.layers.Layer]:
    return [part for part in parts.values() if isinstance(part, keras.layers.Layer)]
