"""The JAX train and test step: they only differentiate and apply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import keras


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
        logs, metric_state = self._track_statelessly(logs | weights, x, metric_state)
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
        logs, metric_state = self._track_statelessly(logs, x, metric_state)
        return logs, (trainable, others, metric_state)

    def _track_statelessly(
        self: Any, logs: dict[str, Any], x: Any, metric_state: list[Any]
    ) -> tuple[dict[str, Any], list[Any]]:
        mapping = list(zip(self.metrics_variables, metric_state, strict=True))
        with keras.StatelessScope(mapping) as scope:
            results = self.track(logs, x)
            return results, [scope.get_current_value(v) for v in self.metrics_variables]
