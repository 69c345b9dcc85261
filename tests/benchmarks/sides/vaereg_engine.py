"""vaereg's side: a declared model, trained as `vaereg train` does."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tests.benchmarks.sides.examples import as_data
from tests.benchmarks.sides.networks import LEARNING_RATE, Network, Weights, count
from vaereg.contracts.data import Data
from vaereg.discovery.declare import declare
from vaereg.model.build_declared import build_declared
from vaereg.training.callbacks.callback_list import TrainingCallbacks
from vaereg.training.epoch import Epoch, chunk_lengths
from vaereg.training.feeding import Feed
from vaereg.training.fit_all import fit_epoch


def declared(network: Network, more: str = "", *, epochs: int = 1) -> str:
    """A registry that declares the network as the model `measured`.

    Args:
        network: the network.
        more: further lines, of tables of their own.
        epochs: of the training; only schedules ask for it.
    """
    kind = "conv" if network.convolutional else "dense"
    mirrored = list(reversed(network.widths))
    return f"""
default = "measured"

[data.here]
use = "fashion_mnist"
source = "bundled"

[models.measured]
data = "here"
latent = {network.latent}
encoder = {{ use = "{kind}", widths = {list(network.widths)} }}
decoder = {{ use = "{kind}", widths = {mirrored} }}
likelihood = "bernoulli"

[train]
epochs = {epochs}
batch_size = {network.batch_size}
optimizer = {{ use = "adam", learning_rate = {LEARNING_RATE} }}
{more}
"""


def built(registry: str, data: Data) -> Any:
    """The model `measured` of a registry, for data that need not be what the registry names."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "registry.toml"
        path.write_text(registry, encoding="utf-8")
        return build_declared(declare(path), data)


class Engine:
    """A model of vaereg in training.

    The epochs are driven as vaereg.training.trainer drives them: one `fit` each, chunks of many
    steps from a `Feed`, and a single callback, which reads the loss after each chunk, as the
    trainer's guard does.

    Args:
        registry: declares the model `measured`.
        values: the examples, uint8 (n, *shape).
        first: the weights to begin with, in the order of the parts; None for vaereg's own.
    """

    def __init__(self, registry: str, values: np.ndarray, first: Weights | None = None) -> None:
        data = as_data(values)
        self.vae = built(registry, data)
        if first is not None:
            assign(self.vae, first)
        self.weights = sum(int(np.prod(v.shape)) for v in self.vae.trainable_variables)
        settings = self.vae.declaration.train
        self.batch_size = settings.batch_size
        self._feed = Feed(data.train, None, batch_size=self.batch_size, seed=settings.seed)
        self.steps = self._feed.steps_per_epoch
        self._source = self._feed.source()
        self._looks = _Looks()
        self._callbacks = TrainingCallbacks([self._looks], model=self.vae, epochs=settings.epochs)
        self._callbacks.begin()
        self.vae.set_batch_source(self._source)
        self._epoch = 0
        self._step_seconds = 0.0

    @property
    def also(self) -> dict[str, float]:
        """The critic's mean loss of the last epoch, where there is a critic."""
        critics = [loss for name, loss in self._looks.terms.items() if name.endswith("_critic")]
        return {"critic": sum(critics)} if critics else {}

    def train(self, epochs: int) -> list[float]:
        """The mean loss of each epoch, without what a critic adds."""
        return [self._one_epoch()["loss"] for _ in range(epochs)]

    def _one_epoch(self) -> Mapping[str, float]:
        began, first = time.monotonic(), self._epoch == 0
        chunks = chunk_lengths(
            0,
            self.steps,
            max_steps_per_call=self._feed.max_steps_per_call(self._source),
            step_seconds=self._step_seconds,
        )
        epoch = Epoch(index=self._epoch, chunks=chunks)
        fit_epoch(self.vae, self._feed, self._source, self._callbacks, epoch)
        if not first:  # the first compiles
            self._step_seconds = (time.monotonic() - began) / self.steps
        self._epoch += 1
        return self._looks.terms


class StepByStep(Engine):
    """The same model, trained by Keras's `fit` a step a call, as vaereg did before many steps."""

    def __init__(self, registry: str, values: np.ndarray, first: Weights | None = None) -> None:
        super().__init__(registry, values, first)
        self.vae.set_batch_source(None)

    def _one_epoch(self) -> Mapping[str, float]:
        self._epoch += 1
        order = self._feed.order(self._epoch).reshape(-1)
        epoch = Epoch(index=self._epoch, chunks=(1,) * self.steps)
        self.vae.fit(
            self._feed.train.take(order),
            batch_size=self.batch_size,
            callbacks=self._callbacks.of_epoch(epoch),
            shuffle=False,
            verbose=0,
        )
        return self._looks.terms


class _Looks(keras.callbacks.Callback):
    """Fetches the terms after each chunk, which waits until its steps are done."""

    def __init__(self) -> None:
        super().__init__()
        self.terms: dict[str, float] = {}

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.terms = {name: float(value) for name, value in (logs or {}).items()}


def assign(vae: Any, first: Weights) -> None:
    """Gives a model its first weights, part by part in their order.

    Raises:
        ValueError: if they are not those of this network.
    """
    parts = [vae.encoder, vae.posterior, vae.decoder, *vae.discriminators]
    variables = [variable for part in parts for variable in part.trainable_variables]
    if len(variables) != len(vae.trainable_variables):
        raise ValueError("the model has weights besides those of its networks")
    _check_shapes(variables, first)
    for variable, value in zip(variables, first.values(), strict=True):
        variable.assign(value)


def _check_shapes(variables: Sequence[Any], first: Weights) -> None:
    ours = [tuple(variable.shape) for variable in variables]
    theirs = {name: value.shape for name, value in first.items()}
    if ours != list(theirs.values()):
        raise ValueError(
            f"vaereg's network has {sum(int(np.prod(s)) for s in ours)} weights of shapes {ours}, "
            f"the written one {count(first)} of shapes {theirs}"
        )
