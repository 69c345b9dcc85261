"""The JAX train and test step: they only differentiate and apply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import keras

from vaereg.model.batch_source import Source

FASTER: dict[type, type] = {}
"""Optimizers of Keras -> the same, faster on this backend: XLA makes one pass of any of them."""


def gradient(fn: Callable[[Any], Any], x: Any) -> Any:
    """See `vaereg.gradient`."""
    from keras.src.backend.common.stateless_scope import get_stateless_scope

    x = keras.ops.convert_to_tensor(x)
    outer = get_stateless_scope()
    if outer is None:
        return jax.grad(lambda value: jnp.sum(fn(value)))(x)

    # Variables that `fn` updates (a dropout seed, say) would leave the inner trace as leaked
    # tracers, so it runs in a scope of its own whose changes are handed out as values.
    def inner(value: Any) -> tuple[Any, dict[int, Any]]:
        with keras.StatelessScope() as scope:
            scope.state_mapping = dict(outer.state_mapping)
            total = jnp.sum(fn(value))
            changed = {
                key: new
                for key, new in scope.state_mapping.items()
                if outer.state_mapping.get(key) is not new
            }
        return total, changed

    result, changed = jax.grad(inner, has_aux=True)(x)
    outer.state_mapping.update(changed)
    return result


class BackendSteps:
    """Mixed into VAE; state is (trainable, non-trainable, optimizer, metric) values."""

    def train_step(self: Any, state: Any, data: Any) -> tuple[dict[str, Any], Any]:
        """One update of every player; returns the running means of the logged terms."""
        trainable, others, optimizer_state, metric_state = state
        x = self.examples(data)
        trainable_vars, other_vars = self.trainable_variables, self.non_trainable_variables

        def forward(values: list[Any]) -> tuple[dict[str, Any], tuple[dict[str, Any], list[Any]]]:
            mapping = [
                *zip(trainable_vars, values, strict=True),
                *zip(other_vars, others, strict=True),
                # the loss scale of mixed_float16 is a variable of the optimizer
                *zip(self.optimizer.variables, optimizer_state, strict=True),
            ]
            with keras.StatelessScope(mapping) as scope:
                losses, logs = self.losses(x, training=True)
                scaled = {key: self.optimizer.scale_loss(loss) for key, loss in losses.items()}
            return scaled, (logs, [scope.get_current_value(v) for v in other_vars])

        scaled, pull_back, (logs, others) = jax.vjp(forward, trainable, has_aux=True)
        positions = {id(v): i for i, v in enumerate(trainable_vars)}
        gradients = {}
        for key in scaled:
            one_hot = {
                other: jnp.ones_like(loss) if other == key else jnp.zeros_like(loss)
                for other, loss in scaled.items()
            }
            (pulled,) = pull_back(one_hot)  # XLA drops what no player takes from it
            gradients[key] = [pulled[positions[id(v)]] for v in self.variables_of(key)]

        mapping = [
            *zip(other_vars, others, strict=True),
            *zip(self.optimizer.variables, optimizer_state, strict=True),
        ]
        with keras.StatelessScope(mapping):
            updates, weights = self.route(gradients)
        trainable, optimizer_state = self.optimizer.stateless_apply(
            optimizer_state, updates, trainable
        )
        mapping = [
            *zip(trainable_vars, trainable, strict=True),
            *zip(other_vars, others, strict=True),
            *zip(self.optimizer.variables, optimizer_state, strict=True),
        ]
        with keras.StatelessScope(mapping) as scope:
            self.after_update()
            others = [scope.get_current_value(v) for v in other_vars]
        logs, metric_state = self._count_in_statelessly(logs | weights, x, metric_state)
        return logs, (trainable, others, optimizer_state, metric_state)

    def test_step(self: Any, state: Any, data: Any) -> tuple[dict[str, Any], Any]:
        """The logged terms in inference mode, with noise of their own."""
        trainable, others, metric_state = state
        x = self.examples(data)
        mapping = [
            *zip(self.trainable_variables, trainable, strict=True),
            *zip(self.non_trainable_variables, others, strict=True),
        ]
        with keras.StatelessScope(mapping) as scope:
            _, logs = self.losses(x, training=False)
            others = [scope.get_current_value(v) for v in self.non_trainable_variables]
        logs, metric_state = self._count_in_statelessly(logs, x, metric_state)
        return logs, (trainable, others, metric_state)

    def _count_in_statelessly(
        self: Any, logs: dict[str, Any], x: Any, metric_state: list[Any]
    ) -> tuple[dict[str, Any], list[Any]]:
        mapping = list(zip(self.metrics_variables, metric_state, strict=True))
        with keras.StatelessScope(mapping) as scope:
            self.count_in(logs, x)
            means = self.means()
            return means, [scope.get_current_value(v) for v in self.metrics_variables]

    def make_train_function(self: Any, force: bool = False) -> None:
        """As Keras does, or with a source one call that makes all steps of an item."""
        if self.source is None:
            super().make_train_function(force)  # type: ignore[misc]
        elif self.train_function is None or force:
            self.train_function = ManySteps(self, self.source)


class ManySteps:
    """Makes every step of an item: in one loop of one program, or one program a step.

    The loop saves what it costs to call a program. On a CPU, XLA computes the weight gradients of
    convolutions within a loop some twenty times slower than outside of it (jax#12868), so a model
    that has any there is called step by step.

    Args:
        vae: the model.
        source: where batches come from.
    """

    def __init__(self, vae: Any, source: Source) -> None:
        self._vae = vae
        self._take = None
        if source.values is not None:
            self._values = jax.device_put(source.values)
            self._take = _gathering(source)
        self._step: Any = None
        self._loop: Any = None

    def __call__(self, state: Any, iterator: Any) -> tuple[dict[str, Any], Any]:
        """All steps of the next item; the logs after the last, and the new state."""
        batches, count = next(iterator)
        if self._step is None and self._loop is None:
            self._compile(state, batches)
        if self._loop is not None:
            return self._loop(state, self._values, batches, count)
        logs: dict[str, Any] = {}
        for number in range(int(count[0])):
            if self._take is None:
                logs, state = self._step(state, batches[number])
            else:
                logs, state = self._step(state, self._values, batches[number])
        return logs, state

    def _compile(self, state: Any, batches: Any) -> None:
        vae, take = self._vae, self._take
        if take is None:
            self._step = self._jitted(lambda state, batch: vae.train_step(state, (batch,)))
            return

        def step(state: Any, values: Any, positions: Any) -> tuple[dict[str, Any], Any]:
            return vae.train_step(state, (take(values, positions),))

        def loop(state: Any, values: Any, batches: Any, count: Any) -> tuple[dict[str, Any], Any]:
            def turn(number: Any, state: Any) -> Any:
                _, new = step(state, values, batches[number])
                return jax.tree.map(lambda n, old: n.astype(old.dtype), new, state)

            state = jax.lax.fori_loop(0, count[0], turn, state)
            mapping = list(zip(vae.metrics_variables, state[3], strict=True))
            with keras.StatelessScope(mapping):
                return vae.means(), state

        jitted = self._jitted(step)
        if not vae.jit_compile or self._is_slow_in_a_loop(jitted, state, batches):
            self._step = jitted
        else:
            self._loop = self._jitted(loop)

    def _jitted(self, function: Any) -> Any:
        return jax.jit(function, donate_argnums=0) if self._vae.jit_compile else function

    def _is_slow_in_a_loop(self, jitted: Any, state: Any, batches: Any) -> bool:
        if jax.default_backend() != "cpu":
            return False
        return "conv_general_dilated" in str(jitted.trace(state, self._values, batches[0]).jaxpr)


def _gathering(source: Source) -> Callable[[Any, Any], Any]:
    """`ArraySplit.take` in a program, of values that are its argument."""
    return lambda values, positions: source.examples(
        values.at[positions].get(mode="promise_in_bounds")
    )
