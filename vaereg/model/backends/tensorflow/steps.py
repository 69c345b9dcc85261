"""The TensorFlow train and test step: they only differentiate and apply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from vaereg.model.backends.tensorflow.optimizers import FASTER  # noqa: F401  # the optimizers ask for it
from vaereg.model.batch_source import Source


def gradient(fn: Callable[[Any], Any], x: Any) -> Any:
    """See `vaereg.gradient`."""
    x = keras.ops.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = fn(x)
    return tape.gradient(value, x, unconnected_gradients=tf.UnconnectedGradients.ZERO)


class BackendSteps:
    """Mixed into VAE."""

    def train_step(self: Any, data: Any) -> dict[str, Any]:
        """One update of every player; returns the running means of the logged terms."""
        x = self.examples(data)
        with tf.GradientTape(persistent=True) as tape:
            losses, logs = self.losses(x, training=True)
            scaled = {key: self.optimizer.scale_loss(loss) for key, loss in losses.items()}
        gradients = {
            key: tape.gradient(loss, [v.value for v in self.variables_of(key)])
            for key, loss in scaled.items()
        }
        updates, weights = self.route(gradients)
        self.optimizer.apply(updates, self.trainable_variables)
        self.after_update()
        self.count_in(logs | weights, x)
        return self.means()

    def test_step(self: Any, data: Any) -> dict[str, Any]:
        """The logged terms in inference mode, with noise of their own."""
        x = self.examples(data)
        _, logs = self.losses(x, training=False)
        self.count_in(logs, x)
        return self.means()

    def make_train_function(self: Any, force: bool = False) -> Any:
        """As Keras does, or with a source one call that makes all steps of an item in the graph."""
        if self.source is None:
            return super().make_train_function(force)  # type: ignore[misc]
        if self.train_function is None or force:
            self.train_function = many_steps(self, self.source)
        return None


def many_steps(vae: Any, source: Source) -> Callable[[Any], dict[str, Any]]:
    """A function of an iterator that makes every step of its next item in one graph call.

    A call of a graph costs about half a millisecond, whatever it does, as long as a whole step of
    a small network; a turn of a loop within it costs a tenth of that.
    """
    take = None if source.values is None else gathering(source)

    def steps(batches: Any, count: Any) -> dict[str, Any]:
        def step(number: Any) -> Any:
            batch = batches[number]
            vae.train_step((batch if take is None else take(batch),))
            return number + 1

        def is_left(number: Any) -> Any:
            return number < count[0]

        # one after another: the next step needs the weights that this one makes
        tf.while_loop(is_left, step, [tf.constant(0)], parallel_iterations=1)
        return vae.means()

    compiled = tf.function(steps, jit_compile=bool(vae.jit_compile), autograph=False)
    traced: list[Any] = []

    def train_function(iterator: Any) -> dict[str, Any]:
        batches, count = next(iterator)
        if vae.run_eagerly:
            return steps(batches, count)
        if not traced:  # once, for items of any number of steps
            spec = tf.TensorSpec((None, *batches.shape[1:]), batches.dtype)
            traced.append(compiled.get_concrete_function(spec, tf.TensorSpec((1,), count.dtype)))
        return traced[0](batches, count)

    return train_function


def gathering(source: Source) -> Callable[[Any], Any]:
    """`ArraySplit.take` in the graph, of values that are put there once."""
    values = tf.constant(source.values)
    return lambda positions: source.examples(tf.gather(values, positions))
