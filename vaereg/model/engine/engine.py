"""The engine: a Keras model whose players are compiled, without their losses and steps.

A backend's `BackendSteps` adds the training steps. `PlayersModel` adds the losses of a VAE, and
`SamplerModel` those of a sampler.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Literal, TypeVar, overload

import keras
import numpy as np
from keras import ops

from vaereg.contracts.conditions import NO_CONDITIONS, Given
from vaereg.contracts.tensor import Tensor
from vaereg.declaration.declaration import TrainSettings
from vaereg.model import named_arrays
from vaereg.model.batch_source import BatchSource
from vaereg.model.ema import WeightAverage, holding
from vaereg.model.engine.untracked import Untracked
from vaereg.model.given_examples import refuse_masked
from vaereg.model.losses.player_losses import Losses, PlayerLoss
from vaereg.model.losses.running_means import RunningMeans
from vaereg.model.optimizers import PlayersOptimizer
from vaereg.model.player_variables import PlayerVariables
from vaereg.model.term_weights.balancer import Balancer

T = TypeVar("T")


class Engine(RunningMeans):
    """A Keras model of several players, each with its own loss, variables and optimizer.

    Args:
        name: of the model.
        untracked: what Keras must not track; its `settings` say how the model is trained.
    """

    optimizer: PlayersOptimizer
    """Set by `compile`; for half precision, Keras wraps it in an optimizer with its methods."""

    def __init__(self, name: str, untracked: Untracked) -> None:
        super().__init__(name=name)
        self._untracked = untracked
        seed = untracked.settings.seed
        self.noise = keras.random.SeedGenerator(seed, name="noise")
        self.evaluation_noise = keras.random.SeedGenerator(seed + 1, name="evaluation")
        self.global_step: keras.Variable = self.add_weight(
            name="steps", shape=(), dtype="int32", initializer="zeros", trainable=False
        )
        self.batch_source: BatchSource | None = None
        """Where the steps of a chunk take their batches from; None if steps are made one by one."""
        self.eager_reason = ""
        """Why steps run eagerly although the backend could compile them; empty if they do not."""
        self.average: WeightAverage | None = None
        self.balancer: Balancer | None = None

    def compile_players(self, optimizer: PlayersOptimizer) -> None:
        """Compiles the model, once its players are known."""
        self._untracked.optimizer = optimizer
        self._accumulation = optimizer.accumulation
        jit = self.settings.jit
        self.compile(optimizer=optimizer, jit_compile="auto" if jit is None else jit)
        self.optimizer.build(self.trainable_variables)

    @property
    def settings(self) -> TrainSettings:
        """How this model is trained."""
        return self._untracked.settings

    @property
    def _players(self) -> PlayerVariables:
        assert self._untracked.players is not None, "players are not known before the first probe"
        return self._untracked.players

    @property
    def by_player(self) -> dict[str, list[keras.Variable]]:
        """Player -> the trainable variables that it owns; "vae" first, then the discriminators."""
        return self._players.by_player

    # ---- what a model of players defines ----

    @abstractmethod
    def unpack_batch(self, data: object) -> tuple[Tensor, Given]:
        """The batch (B, *data), float32, and its conditions, from what Keras passes to a step."""

    @abstractmethod
    def losses(
        self,
        x: Tensor,
        training: bool,
        given: Given = NO_CONDITIONS,
        added: Sequence[Tensor] = (),
    ) -> Losses:
        """The losses to differentiate and the terms to log, for a batch with its conditions.

        `added` are tensors to add to the decoder's outputs, if a weight is balanced.
        """

    def variables_of(self, loss: PlayerLoss) -> list[keras.Variable]:
        """The variables that a loss may move."""
        return self.by_player[loss.player]

    def outputs_of(self, loss: PlayerLoss, outputs: Sequence[Tensor]) -> list[Tensor]:
        """The outputs of the decoder with respect to which a loss is differentiated too."""
        del loss, outputs
        return []

    @abstractmethod
    def combine_gradients(
        self, losses: Sequence[PlayerLoss], gradients: Sequence[Sequence[Tensor | None]]
    ) -> tuple[list[Tensor | None], dict[str, Tensor]]:
        """One gradient per trainable variable, and terms to log that are known only now.

        Args:
            losses: of one step.
            gradients: for each loss, its gradients with respect to `variables_of(loss)` and then
                to `outputs_of(loss)`.
        """

    @abstractmethod
    def steps_of_chunks(self, source: BatchSource) -> Callable[..., object]:
        """The `train_function` for a batch source; each backend defines its own."""

    # ---- what the backends' steps call ----

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
            self.average.update(done // self._accumulation, applied, self._recommended())
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

    # ---- evaluation ----

    @property
    def metrics_names(self) -> list[str]:
        """The names of the terms that `evaluate` returns, in its order; "loss" first."""
        return list(self.term_names)

    @overload
    def evaluate(
        self,
        *args: Any,  # those of keras.Model.evaluate, which has no types
        return_dict: Literal[False] = ...,
        **kwargs: Any,  # likewise
    ) -> list[float]: ...

    @overload
    def evaluate(
        self,
        *args: Any,  # likewise
        return_dict: Literal[True],
        **kwargs: Any,  # likewise
    ) -> dict[str, float]: ...

    def evaluate(
        self,
        *args: Any,  # likewise
        return_dict: bool = False,
        **kwargs: Any,  # likewise
    ) -> list[float] | dict[str, float]:
        """As in Keras, but with averaged weights, equal noise each time, no effect on training.

        Returns:
            The terms in the order of `metrics_names`, or by name with `return_dict`.

        Raises:
            DataError: if values of the examples are masked.
        """
        refuse_masked(*args[:1], kwargs.get("x"))
        self.reset_evaluation_noise()
        with self.averaged(), self.keeping_variables():
            logs = super().evaluate(*args, return_dict=True, **kwargs)
        self.reset_evaluation_noise()
        evaluated = {name: logs[name] for name in self.metrics_names}
        return evaluated if return_dict else self._flatten_metrics_in_order(evaluated)

    def _flatten_metrics_in_order(self, logs: Mapping[str, Any]) -> list[Any]:  # floats or tensors
        """Keras calls this to list the terms of `evaluate`, `train_on_batch`, `test_on_batch`.

        Keras itself would sort them alphabetically, since all terms are one metric here.
        """
        names = self.metrics_names
        others = [name for name in self.term_names if name not in names]
        return [logs[name] for name in (*names, *others) if name in logs]

    def reset_evaluation_noise(self) -> None:
        """Makes the next evaluation draw the same noise as every other evaluation."""
        seed = self.settings.seed + 1
        self.evaluation_noise.state.assign(np.array([seed, 0], dtype="uint32"))

    # ---- variables ----

    def all_variables(self) -> list[keras.Variable]:
        """Everything that a step reads or updates."""
        return [*self.variables, *self.optimizer.variables, *self.metrics_variables]

    def state(self) -> dict[str, np.ndarray]:
        """Everything needed for bit-exact continuation, by path: weights, averages, optimizers,
        random states, running means."""
        self.synchronise()
        return named_arrays.values(named_arrays.by_path(self.all_variables()))

    def restore(self, arrays: Mapping[str, np.ndarray], *, as_declared: bool = False) -> None:
        """Restores a state that `state()` returned.

        Args:
            arrays: the state.
            as_declared: whether the declaration may have changed since: the declared learning
                rates are kept instead of those of the state, and the running means begin anew if
                other terms are logged now.

        Raises:
            RunError: if a path is on one side only, or a shape differs.
        """
        variables = named_arrays.by_path(self.all_variables())
        if as_declared:
            variables, arrays = _without_rates(variables), _without_rates(arrays)
            means = {each.path: each.shape for each in self.metrics_variables}
            if any(arrays[path].shape != shape for path, shape in means.items() if path in arrays):
                variables, arrays = _without(variables, means), _without(arrays, means)
        named_arrays.assign(variables, arrays)

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
        """Uses the weights for evaluation within: the averages if the declaration sets `ema`, else
        those that an optimizer recommends, if these are not the ones that it trains.

        One thread at a time; others wait.
        """
        with self._untracked.in_use:
            if self.average is None and self._trained_elsewhere is None:
                yield
                return
            self.synchronise()
            with holding(self.evaluation_weights()):
                yield

    def evaluation_weights(self) -> list[tuple[keras.Variable, Tensor]]:
        """The variables that have other values in evaluation than in training, with these."""
        values = {id(variable): (variable, value) for variable, value in self._recommended()}
        if self.average is not None:  # of the VAE, not of the critics
            for shadow, variable in self.average.pairs():
                values[id(variable)] = (variable, shadow.value)
        return list(values.values())

    def restart_evaluation_weights(self) -> None:
        """Makes the weights for evaluation equal to the weights, which were loaded."""
        if self._trained_elsewhere is not None:
            self._trained_elsewhere.restart_evaluation_weights()
        if self.average is not None:
            self.average.restart()

    def _recommended(self) -> list[tuple[keras.Variable, Tensor]]:
        optimizer = self._trained_elsewhere
        return [] if optimizer is None else optimizer.evaluation_weights()

    @property
    def _trained_elsewhere(self) -> PlayersOptimizer | None:
        """The optimizer, if it recommends other weights than it trains and the user has not
        compiled with another one."""
        ours = self._untracked.optimizer
        used = getattr(self.optimizer, "inner_optimizer", self.optimizer)  # of half precision
        return ours if ours is not None and used is ours and ours.recommends_others else None


def _without_rates(values: Mapping[str, T]) -> dict[str, T]:
    # a schedule is no part of a state, so either side may lack a learning rate
    return {path: each for path, each in values.items() if not path.endswith("/learning_rate")}


def _without(values: Mapping[str, T], paths: Collection[str]) -> dict[str, T]:
    return {path: each for path, each in values.items() if path not in paths}
