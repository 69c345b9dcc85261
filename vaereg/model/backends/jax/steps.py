"""The JAX train and test step: they only differentiate and apply."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, TypeAlias

import attrs
import jax
import jax.numpy as jnp
import keras

from vaereg.contracts.conditions import Given
from vaereg.contracts.tensor import Tensor
from vaereg.model.backends.jax.kept_state import KeepingState, KerasState, keeping
from vaereg.model.batch_source import BatchSource, as_batch
from vaereg.model.engine.engine import Engine
from vaereg.model.losses.player_losses import PlayerLoss

Values: TypeAlias = list[Tensor]
"""The values of a list of variables."""

# To JAX, a loss is a tree whose only leaf is its value; its player is static.
jax.tree_util.register_pytree_node(
    PlayerLoss,
    lambda loss: ((loss.value,), (loss.player, loss.adaptive_of)),
    lambda whose, value: PlayerLoss(whose[0], value[0], adaptive_of=whose[1]),
)


class State(NamedTuple):
    """The values of all variables of a model.

    Args:
        trainable: the values of the trainable variables.
        others: those of the non-trainable variables: counters, averages, random states.
        optimizer: those of the optimizer's variables; None in a test step, which has none.
        metrics: those of the running means.
    """

    trainable: Values
    others: Values
    optimizer: Values | None
    metrics: Values


class BackendSteps(Engine):
    """The steps of an engine; variables get values from a state, and changes are read back."""

    def train_step(self, state: KerasState, data: object) -> tuple[dict[str, Tensor], KerasState]:
        """One update of every player; returns the running means of the logged terms."""
        now = State(*state)
        x, given = self.unpack_batch(data)

        # The losses, and the variables that computing them changes: random states, statistics.
        def forward(
            trainable: Values, added: Values
        ) -> tuple[list[PlayerLoss], tuple[dict[str, Tensor], dict[str, Tensor], Values]]:
            with self._scope(now._replace(trainable=trainable)) as scope:
                losses, logs, gates, _ = self.losses(x, training=True, given=given, added=added)
                # the loss scale of mixed_float16 is a variable of the optimizer
                scaled = [
                    attrs.evolve(loss, value=self.optimizer.scale_loss(loss.value))
                    for loss in losses
                ]
            return scaled, (logs, gates, _values(scope, self.non_trainable_variables))

        losses, pull_back, (logs, gates, others) = jax.vjp(
            forward, now.trainable, self._zero_outputs(now, x, given), has_aux=True
        )
        now = now._replace(others=others)

        # Each player's gradients; XLA drops the products that no player uses.
        gradients = [self._pulled(pull_back, losses, index) for index in range(len(losses))]

        # One gradient per variable, and the update of the trainable variables.
        with self._scope(now) as scope:
            updates, weights = self.combine_gradients(losses, gradients)
        now = now._replace(others=_values(scope, self.non_trainable_variables))
        with self.taking_part(gates):
            trainable, optimizer = self.optimizer.stateless_apply(
                now.optimizer, updates, now.trainable
            )
        now = now._replace(trainable=trainable, optimizer=optimizer)

        # The other updates of a step: the counter, the averaged weights, the running means.
        with self._scope(now) as scope:
            self.after_update()
            means = self.update_metrics(logs | weights, x)
        now = now._replace(
            others=_values(scope, self.non_trainable_variables),
            metrics=_values(scope, self.metrics_variables),
        )
        return means, tuple(now)

    def test_step(self, state: KerasState, data: object) -> tuple[dict[str, Tensor], KerasState]:
        """The logged terms in inference mode, with separate noise."""
        trainable, others, metrics = state
        with self._scope(State(trainable, others, None, metrics)) as scope:
            means = self.log_without_update(data)
        others = _values(scope, self.non_trainable_variables)
        return means, (trainable, others, _values(scope, self.metrics_variables))

    def steps_of_chunks(self, source: BatchSource) -> Callable[..., object]:
        """A function that makes every step of a chunk."""
        return ManySteps(self, source)

    def make_train_function(self, force: bool = False) -> None:
        """As in Keras, but the function loses no variable if it fails."""
        super().make_train_function(force)
        if self.batch_source is None:
            self._keep_state_in("train_function")

    def make_test_function(self, force: bool = False) -> None:
        """As `make_train_function`."""
        super().make_test_function(force)
        self._keep_state_in("test_function")

    def make_predict_function(self, force: bool = False) -> Callable[..., object]:
        """As `make_train_function`."""
        super().make_predict_function(force)
        return self._keep_state_in("predict_function")

    def keeping_variables(self) -> AbstractContextManager[None]:
        """Within, no variable is lost if Keras's steps fail or are interrupted."""
        return keeping(self)

    def _keep_state_in(self, name: str) -> KeepingState:
        """Makes a function of Keras, an attribute of the model, one that keeps the state."""
        made = getattr(self, name)
        kept = made if isinstance(made, KeepingState) else KeepingState(self, made)
        setattr(self, name, kept)
        return kept

    def _scope(self, state: State) -> keras.StatelessScope:
        """A scope within which the variables have the values of a state."""
        mapping = [
            *zip(self.trainable_variables, state.trainable, strict=True),
            *zip(self.non_trainable_variables, state.others, strict=True),
            *zip(self.metrics_variables, state.metrics, strict=True),
        ]
        if state.optimizer is not None:
            mapping += zip(self.optimizer.variables, state.optimizer, strict=True)
        return keras.StatelessScope(mapping)

    def _zero_outputs(self, now: State, x: Tensor, given: Given) -> Values:
        """Zeros shaped like the decoder's outputs of a step, if a weight is balanced."""
        if self.balancer is None:
            return []

        def outputs() -> Values:
            with self._scope(now):
                return list(self.losses(x, training=True, given=given).outputs)

        return [jnp.zeros(each.shape, each.dtype) for each in jax.eval_shape(outputs)]

    def _pulled(
        self,
        pull_back: Callable[[list[PlayerLoss]], tuple[Values, Values]],
        losses: list[PlayerLoss],
        index: int,
    ) -> Values:
        """The gradients of one loss with respect to the variables that it may move, None for those
        that the user froze, and to the decoder's outputs if they are needed."""
        one_hot = [
            attrs.evolve(
                loss,
                value=jnp.ones_like(loss.value) if i == index else jnp.zeros_like(loss.value),
            )
            for i, loss in enumerate(losses)
        ]
        pulled, at_outputs = pull_back(one_hot)
        positions = {id(v): i for i, v in enumerate(self.trainable_variables)}
        found = [positions.get(id(v)) for v in self.variables_of(losses[index])]
        own = [None if position is None else pulled[position] for position in found]
        return own + self.outputs_of(losses[index], at_outputs)

    def means_of(self, state: KerasState) -> dict[str, Tensor]:
        """The running means that a state of training holds."""
        with self._scope(State(*state)):
            return self.means()


def _values(scope: keras.StatelessScope, variables: list[keras.Variable]) -> Values:
    return [scope.get_current_value(variable) for variable in variables]


class ManySteps:
    """Makes every step of a chunk: as a loop within one program, or with one call for each step.

    The loop saves the cost of calling a program. On a CPU, XLA computes the weight gradients of
    convolutions within a loop some twenty times more slowly than outside it (jax#12868), so a model
    with such gradients is called step by step.

    Args:
        vae: the model.
        source: where batches come from.
    """

    def __init__(self, vae: BackendSteps, source: BatchSource) -> None:
        self._vae = vae
        self._take: Callable[[Tensor, Tensor], tuple[Tensor, ...]] | None = None
        self._values: Tensor = None
        if source.values is not None:
            self._values = jax.device_put((source.values, dict(source.given)))
            self._take = _gathering(source)
        self._step: Callable[..., tuple[dict[str, Tensor], KerasState]] | None = None
        self._loop: Callable[..., tuple[dict[str, Tensor], KerasState]] | None = None

    def __call__(
        self, state: KerasState, iterator: Iterator[tuple[Tensor, Tensor]]
    ) -> tuple[dict[str, Tensor], KerasState]:
        """All steps of the next chunk; the logs after the last, and the new state."""
        batches, count = next(iterator)
        if self._step is None and self._loop is None:
            self._compile(state, batches)
        if self._loop is not None:
            return self._loop(state, self._values, batches, count)
        assert self._step is not None
        logs: dict[str, Tensor] = {}
        for number in range(int(count[0])):
            batch = jax.tree.map(lambda each: each[number], batches)  # noqa: B023  # called here
            if self._take is None:
                logs, state = self._step(state, batch)
            else:
                logs, state = self._step(state, self._values, batch)
        return logs, state

    def _compile(self, state: KerasState, batches: Tensor) -> None:
        vae, take = self._vae, self._take
        if take is None:
            self._step = self._jitted(lambda state, batch: vae.train_step(state, as_batch(batch)))
            return

        def step(
            state: KerasState, values: Tensor, positions: Tensor
        ) -> tuple[dict[str, Tensor], KerasState]:
            return vae.train_step(state, take(values, positions))

        def loop(
            state: KerasState, values: Tensor, batches: Tensor, count: Tensor
        ) -> tuple[dict[str, Tensor], KerasState]:
            def turn(number: Tensor, state: KerasState) -> KerasState:
                _, new = step(state, values, batches[number])
                same: KerasState = jax.tree.map(lambda n, old: n.astype(old.dtype), new, state)
                return same

            last: KerasState = jax.lax.fori_loop(0, count[0], turn, state)
            return vae.means_of(last), last

        jitted = self._jitted(step)
        if not vae.jit_compile or self._is_slow_in_a_loop(jitted, state, batches):
            self._step = jitted
        else:
            self._loop = self._jitted(loop)

    def _jitted(self, function: Callable[..., Any]) -> Any:  # of jax.jit, or the function
        return jax.jit(function, donate_argnums=0) if self._vae.jit_compile else function

    def _is_slow_in_a_loop(
        self,
        jitted: Any,  # as returned by `_jitted`
        state: KerasState,
        batches: Tensor,
    ) -> bool:
        if jax.default_backend() != "cpu":
            return False
        return "conv_general_dilated" in str(jitted.trace(state, self._values, batches[0]).jaxpr)


def _gathering(source: BatchSource) -> Callable[[Tensor, Tensor], tuple[Tensor, ...]]:
    """`ArraySplit.take`, with conditions, within a program that gets the values as an argument."""

    def at(values: Tensor, positions: Tensor) -> Tensor:
        return values.at[positions].get(mode="promise_in_bounds")

    def take(values: tuple[Tensor, dict[str, Tensor]], positions: Tensor) -> tuple[Tensor, ...]:
        x = source.in_range(at(values[0], positions))
        told = {name: at(each, positions) for name, each in values[1].items()}
        return (x, told) if told else (x,)

    return take
