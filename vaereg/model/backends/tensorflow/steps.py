"""The TensorFlow train and test step: they only differentiate and apply."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import tensorflow as tf

from vaereg.contracts.tensor import Tensor
from vaereg.model.backends.tensorflow.order_of_updates import keep_order_of_updates
from vaereg.model.batch_source import BatchSource, as_batch
from vaereg.model.engine.engine import Engine
from vaereg.model.optimizers import PlayersOptimizer

Chunk: TypeAlias = tuple[Tensor, Tensor]
"""Batches, perhaps with conditions, or positions (steps, batch_size, ...), and how many steps of
them count, (1,)."""


class BackendSteps(Engine):
    """The steps of an engine."""

    def compile_players(self, optimizer: PlayersOptimizer) -> None:
        """As on every backend, once TensorFlow keeps the order of updates."""
        keep_order_of_updates()
        super().compile_players(optimizer)

    def train_step(self, data: object) -> dict[str, Tensor]:
        """One update of every player; returns the running means of the logged terms."""
        x, given = self.unpack_batch(data)
        # Where nobody knows the number of batches, Keras asks for one too many. Without this
        # order, a step without a batch would still be counted, and still draw noise.
        with tf.control_dependencies([x] if self.batch_source is None else []):
            with tf.GradientTape(persistent=True) as tape:
                losses = self.losses(x, training=True, given=given)
                scaled = [self.optimizer.scale_loss(loss.value) for loss in losses.losses]
            gradients = [
                tape.gradient(
                    value,
                    [
                        *(v.value for v in self.variables_of(loss)),
                        *self.outputs_of(loss, losses.outputs),
                    ],
                )
                for loss, value in zip(losses.losses, scaled, strict=True)
            ]
            return self.apply_gradients(losses, gradients, x)

    def test_step(self, data: object) -> dict[str, Tensor]:
        """The logged terms in inference mode, with separate noise."""
        return self.log_without_update(data)

    def steps_of_chunks(self, source: BatchSource) -> Callable[..., object]:
        """A function that makes every step of a chunk in one graph call."""
        return many_steps(self, source)


def many_steps(
    vae: BackendSteps, source: BatchSource
) -> Callable[[Iterator[Chunk]], dict[str, Tensor]]:
    """A function of an iterator that makes every step of its next chunk in one graph call.

    A graph call takes about half a millisecond, whatever it computes: as long as a whole step of a
    small network. An iteration of a loop within the graph costs a tenth of that.
    """
    take = None if source.values is None else gathering(source)

    def steps(batches: Tensor, count: Tensor) -> dict[str, Tensor]:
        def step(number: Tensor) -> Tensor:
            batch = tf.nest.map_structure(lambda each: each[number], batches)
            vae.train_step(as_batch(batch) if take is None else take(batch))
            return number + 1

        def is_left(number: Tensor) -> Tensor:
            return number < count[0]

        # one after another: each step needs the weights that the step before it updated
        tf.while_loop(is_left, step, [tf.constant(0)], parallel_iterations=1)
        return vae.means()

    compiled = tf.function(steps, jit_compile=bool(vae.jit_compile), autograph=False)
    traced: list[Callable[[Tensor, Tensor], dict[str, Tensor]]] = []

    def train_function(iterator: Iterator[Chunk]) -> dict[str, Tensor]:
        batches, count = next(iterator)
        if vae.run_eagerly:
            return steps(batches, count)
        if not traced:  # once, for chunks of any number of steps
            spec = tf.nest.map_structure(
                lambda each: tf.TensorSpec((None, *each.shape[1:]), each.dtype), batches
            )
            traced.append(compiled.get_concrete_function(spec, tf.TensorSpec((1,), count.dtype)))
        return traced[0](batches, count)

    return train_function


def gathering(source: BatchSource) -> Callable[[Tensor], tuple[Tensor, ...]]:
    """`ArraySplit.take`, with conditions, in the graph, on values that are put there once."""
    values = tf.constant(source.values)
    given = {name: tf.constant(each) for name, each in source.given.items()}

    def take(positions: Tensor) -> tuple[Tensor, ...]:
        x = source.in_range(tf.gather(values, positions))
        told = {name: tf.gather(each, positions) for name, each in given.items()}
        return (x, told) if told else (x,)

    return take
