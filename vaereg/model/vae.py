"""VAE: the model that Keras trains, made of the parts of one declaration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import keras
import numpy as np
from keras import ops

from vaereg.assembly.assemble import PROBE
from vaereg.assembly.made_up import made_up
from vaereg.assembly.parts import Parts
from vaereg.assembly.passes import Passes
from vaereg.declaration.declaration import Adaptive, Declaration
from vaereg.model import state
from vaereg.model.backends.choice import backend_module
from vaereg.model.batch_source import Source
from vaereg.model.ema import WeightAverage
from vaereg.model.held import Held
from vaereg.model.inference import UseAfterTraining
from vaereg.model.optimizers import PlayersOptimizer, make_optimizer
from vaereg.model.players import adaptive_weight, add, last_kernel, owned
from vaereg.model.term_means import TermMeans
from vaereg.model.terms import SIDES, Losses, Terms, adversarial_key, critic_key


class VAE(backend_module().BackendSteps, UseAfterTraining, keras.Model):  # type: ignore[misc]  # chosen at import
    """A variational autoencoder with any number of regularizers and discriminators.

    `fit` and `evaluate` take batches x (B, *data) in float32, without targets. Calling it gives
    reconstructions (B, *data) at the mode of the posterior.

    Args:
        parts: the built parts.
        declaration: where weights, the KL control and the training settings stand.
        dataset_size: the number of training examples.
    """

    def __init__(self, parts: Parts, declaration: Declaration, dataset_size: int) -> None:
        super().__init__(name="vae")
        settings = declaration.train
        self._held = Held(parts, declaration)
        self.encoder = parts.encoder
        self.posterior = parts.posterior
        self.decoder = parts.decoder
        self.prior = parts.prior
        self.likelihood = parts.likelihood
        self.regularizers = _layers(parts.regularizers)
        self.discriminators = _layers(parts.discriminators)
        self.noise = keras.random.SeedGenerator(settings.seed, name="noise")
        self.evaluation_noise = keras.random.SeedGenerator(settings.seed + 1, name="evaluation")
        self.steps = self.add_weight(
            name="steps", shape=(), dtype="int32", initializer="zeros", trainable=False
        )
        self._passes = Passes.of(parts)
        self._terms = Terms(
            passes=self._passes,
            objective=parts.objective,
            regularizers=parts.regularizers,
            discriminators=parts.discriminators,
            declared=self._held.many(),
            objective_part=declaration.objective,
            kl=declaration.kl,
            dataset_size=dataset_size,
            steps_per_epoch=max(dataset_size // settings.batch_size, 1),
        )
        self._keep_metrics = False
        self.source: Source | None = None
        """Where the steps of a call of `train_function` take their batches; None for one step."""
        self.why_steps_are_slow = ""
        """Why each step is made operation by operation, where it could be faster; else empty."""
        self.average: WeightAverage | None = None
        self._create_variables()
        self._held.by_player = self._owners()
        if settings.ema:
            self.average = WeightAverage(self.by_player["vae"], settings.ema)
        self._compile_players()
        state.by_path(self.all_variables())  # raises where two variables share a path

    # ---- building ----

    def _create_variables(self) -> None:
        """Runs every term once on two made-up examples, so that each layer makes its weights."""
        with self._terms.probing():
            _, logs = self._terms.losses(
                made_up(self.parts.data_spec, PROBE),
                global_step=ops.zeros((), "int32"),
                seed=self.evaluation_noise,
                training=False,
            )
        self.reset_evaluation_noise()
        self._held.means = TermMeans([*logs, *(f"{key}_weight" for key in self._adaptive())])
        for layer in self._flatten_layers():
            layer.built = True  # a prior is used by its methods and never called

    def _owners(self) -> dict[str, list[Any]]:
        parts = self.parts
        inference = [parts.encoder, parts.posterior]
        generation = [parts.decoder, parts.prior, parts.likelihood]
        regularizers = list(parts.regularizers.values())
        players = owned(
            {"vae": [*inference, *generation, *regularizers], **_single(parts.discriminators)}
        )
        if self._terms.split:
            sides = owned({SIDES[0]: inference, SIDES[1]: [*generation, *regularizers]})
            players.update(sides)
        return players

    def _compile_players(self) -> None:
        settings = self._held.declaration.train
        slots = self._held.many()
        optimizers = {"vae": make_optimizer(settings.optimizer, "vae_optimizer")}
        for key in self.parts.discriminators:
            choice = slots[key].optimizer or settings.optimizer
            optimizers[key] = make_optimizer(choice, f"{key}_optimizer")
        composite = PlayersOptimizer(optimizers, {p: self.by_player[p] for p in optimizers})
        self._accumulation = composite.accumulation
        self.compile(
            optimizer=composite, jit_compile="auto" if settings.jit is None else settings.jit
        )
        self.optimizer.build(self.trainable_variables)

    @property
    def parts(self) -> Parts:
        """The parts this model is made of."""
        return self._held.parts

    @property
    def declaration(self) -> Declaration:
        """What this model was built from."""
        return self._held.declaration

    @property
    def by_player(self) -> dict[str, list[Any]]:
        """Per player the trainable variables it owns; "vae" first, then the discriminators."""
        return self._held.by_player

    def _adaptive(self) -> dict[str, Adaptive]:
        weights = {slot.key: slot.weight for slot in self.declaration.discriminators}
        return {key: weight for key, weight in weights.items() if isinstance(weight, Adaptive)}

    # ---- what the backends' steps call ----

    def examples(self, data: Any) -> Any:
        """The batch (B, *data) out of what Keras hands to a step."""
        x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        return ops.cast(ops.convert_to_tensor(x), "float32")

    def losses(self, x: Any, training: bool) -> Losses:
        """The losses to differentiate and the terms to log, for a batch."""
        seed = self.noise if training else self.evaluation_noise
        return self._terms.losses(x, global_step=self.steps.value, seed=seed, training=training)

    def variables_of(self, loss: str) -> list[Any]:
        """The variables that a loss may move, by its key."""
        for key in self.parts.discriminators:
            if loss == critic_key(key):
                return self.by_player[key]
            if loss == adversarial_key(key):
                return self.by_player["vae"]
        return self.by_player[loss]

    def route(self, gradients: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """One gradient per trainable variable, and the adaptive weights to log.

        Args:
            gradients: by loss key, the gradients of `variables_of(key)`.
        """
        total: dict[int, Any] = {}
        for loss, pulled in gradients.items():
            if loss not in self._adversarial_keys():
                for variable, g in zip(self.variables_of(loss), pulled, strict=True):
                    total[id(variable)] = add(total.get(id(variable)), g)
        logs = {}
        anchor = last_kernel(self.decoder)
        scale = self.optimizer.scale_loss(ops.ones(()))
        for key, choice in self._adaptive().items():
            variables, pulled = self.by_player["vae"], gradients[adversarial_key(key)]
            position = next(i for i, v in enumerate(variables) if v is anchor)
            weight = adaptive_weight(total.get(id(anchor)), pulled[position], choice, scale)
            weight = weight * self._terms.warmed_up(key, self.steps.value)
            logs[f"{key}_weight"] = weight
            for variable, g in zip(variables, pulled, strict=True):
                total[id(variable)] = add(total.get(id(variable)), g, weight)
        return [total.get(id(variable)) for variable in self.trainable_variables], logs

    def _adversarial_keys(self) -> set[str]:
        return {adversarial_key(key) for key in self._adaptive()}

    def after_update(self) -> None:
        """Counts the step and moves the averaged weights."""
        if self.average is not None:
            done = self.steps.value
            applied = ops.equal((done + 1) % self._accumulation, 0)
            self.average.update(done // self._accumulation, applied)
        self.steps.assign_add(1)

    def count_in(self, logs: Mapping[str, Any], x: Any) -> None:
        """Updates the running means with the terms of a batch."""
        self._held.means.update_state(logs, ops.shape(x)[0])

    def means(self) -> dict[str, Any]:
        """The running means of the terms, by name."""
        return self._held.means.result()

    # ---- many steps a call ----

    def take_many_steps(self, source: Source | None) -> None:
        """Makes `fit` take items of many batches, or with None of one batch, as Keras has it."""
        self.source = source
        self.train_function = None

    # ---- what Keras calls ----

    @property
    def metrics(self) -> list[Any]:
        """The running means of the logged terms, which are one metric."""
        return [] if self._held.means is None else [self._held.means]

    @property
    def term_names(self) -> tuple[str, ...]:
        """The names of the logged terms, "loss" first."""
        return self._held.means.names

    def reset_metrics(self) -> None:
        """Starts the running means anew, unless `keep_metrics_once` was called."""
        if self._keep_metrics:
            self._keep_metrics = False
            return
        super().reset_metrics()

    def keep_metrics_once(self) -> None:
        """Makes the next `reset_metrics` do nothing, so that a resumed epoch's means are whole."""
        self._keep_metrics = True

    def reset_evaluation_noise(self) -> None:
        """Makes the next evaluation draw the same noise as every other."""
        seed = self._held.declaration.train.seed + 1
        self.evaluation_noise.state.assign(np.array([seed, 0], dtype="uint32"))

    def evaluate(self, *args: Any, **kwargs: Any) -> Any:
        """As Keras does, with averaged weights, equal noise each time, no effect on training."""
        self.reset_evaluation_noise()
        with self.averaged():
            result = super().evaluate(*args, **kwargs)
        self.reset_evaluation_noise()
        if isinstance(result, dict):
            for key in self._adaptive():  # a weight found from gradients exists in training only
                result.pop(f"{key}_weight", None)
        return result

    def call(self, inputs: Any, training: bool = False) -> Any:
        """Reconstructions (B, *data) at the mode of the posterior."""
        del training
        return self._passes.reconstruct(inputs)

    # ---- use after training ----

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Uses the averaged weights within, where the declaration asks for an average."""
        if self.average is None:
            yield
            return
        self._synchronise()
        with self.average.swapped_in():
            yield

    # ---- state ----

    def _synchronise(self) -> None:
        """On JAX, within `fit`, brings the variables up to date with the step's own state."""
        synchronise = getattr(self, "jax_state_sync", None)
        if synchronise is not None:
            synchronise()

    def all_variables(self) -> list[Any]:
        """Everything that a step reads or updates."""
        return [*self.variables, *self.optimizer.variables, *self.metrics_variables]

    def steps_done(self) -> int:
        """How many training steps were made."""
        self._synchronise()
        return int(ops.convert_to_numpy(self.steps.value))

    def state(self) -> dict[str, np.ndarray]:
        """Everything needed to continue to the bit, by path: weights, averages, optimizers,
        random states, running means."""
        self._synchronise()
        return state.values(state.by_path(self.all_variables()))

    def restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Takes a `state()` back.

        Raises:
            RunError: if a path is on one side only or a shape differs.
        """
        state.assign(state.by_path(self.all_variables()), arrays)

    def weights_only(self) -> dict[str, np.ndarray]:
        """The weights for use, by path: averaged where the declaration asks for it."""
        with self.averaged():
            self._synchronise()
            return state.values(self._usable())

    def load_weights_only(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Takes `weights_only()` back; the averages become equal to the weights.

        Raises:
            RunError: if a path is on one side only or a shape differs.
        """
        state.assign(self._usable(), arrays)
        if self.average is not None:
            self.average.restart()

    def _usable(self) -> dict[str, Any]:
        """Weights of the parts, without averages, counters and random states."""
        variables = []
        for layer in self.layers:
            if layer is not self.average:
                variables.extend(layer.weights)
        return state.by_path(variables)


def _layers(parts: Mapping[str, Any]) -> list[Any]:
    return [part for part in parts.values() if isinstance(part, keras.layers.Layer)]


def _single(parts: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {key: [part] for key, part in parts.items()}
