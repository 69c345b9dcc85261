"""A quadratic of two weights, and an optimizer that lowers it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from vaereg.contracts.slot import NamedChoice, Slot
from vaereg.contracts.tensor import Seed, Tensor
from vaereg.declaration.declaration import TrainSettings
from vaereg.errors import ContractError
from vaereg.model.ema import copied
from vaereg.model.made_optimizers.optimizer_component import fault_of
from vaereg.model.samplers.learned_sampler import LearnedSampler
from vaereg.model.samplers.sampler_model import SamplerModel
from vaereg.testing.component_under_test import ComponentUnderTest

SHAPES = {"kernel": (3, 4), "bias": (4,)}
EXAMPLES = 4


class Quadratic:
    """f(w) = sum of a (w - t)^2 / 2 over two weights, lowered by an optimizer component.

    Args:
        component: the optimizer.
        exclude: positions of the weights that are excluded from weight decay.

    Raises:
        ContractError: if the component is no optimizer that the engine can use.
    """

    def __init__(self, component: ComponentUnderTest, exclude: Sequence[int] = ()) -> None:
        self.optimizer: Any = built_optimizer(component)  # of Keras, perhaps with more methods
        rng = np.random.default_rng(15)
        names = list(SHAPES)
        self.weights = [
            keras.Variable(rng.normal(size=SHAPES[name]).astype("float32"), name=name)
            for name in names
        ]
        self.targets = [rng.normal(size=SHAPES[name]).astype("float32") for name in names]
        self.curvatures = [
            rng.uniform(0.5, 2.0, size=SHAPES[name]).astype("float32") for name in names
        ]
        if exclude:
            self.optimizer.exclude_from_weight_decay([self.weights[i] for i in exclude])
        self.optimizer.build(list(self.weights))

    def step(self, positions: Sequence[int] = (0, 1), scale: float = 1.0) -> None:
        """One step for the weights at these positions, with the gradient times `scale`."""
        gradients = [
            ops.convert_to_tensor(
                scale * self.curvatures[i] * (copied(self.weights[i].value) - self.targets[i])
            )
            for i in positions
        ]
        self.optimizer.apply(gradients, [self.weights[i] for i in positions])

    def value(self, at: Sequence[np.ndarray] | None = None) -> float:
        """f at the weights, or at other values of them."""
        values = [copied(each.value) for each in self.weights] if at is None else at
        terms = zip(values, self.targets, self.curvatures, strict=True)
        return float(sum(np.sum(a * (w - t) ** 2) for w, t, a in terms) / 2)

    def recommended(self) -> list[np.ndarray]:
        """The values that the optimizer recommends; by default those of the weights."""
        if not hasattr(self.optimizer, "evaluation_weights"):
            return [copied(each.value) for each in self.weights]
        found = self.optimizer.evaluation_weights(self.weights)
        shapes = [tuple(each.shape) for each in found]
        if shapes != list(SHAPES.values()):
            raise ContractError(
                f"evaluation_weights returned {shapes} for weights of {list(SHAPES.values())}"
            )
        return [copied(each) for each in found]

    def state(self) -> dict[str, np.ndarray]:
        """The weights and the variables of the optimizer, by path."""
        return {
            each.path: copied(each.value) for each in (*self.weights, *self.optimizer.variables)
        }

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Takes the state of another one.

        Raises:
            ContractError: if a variable is not among its own.
        """
        for variable in (*self.weights, *self.optimizer.variables):
            if variable.path not in state:
                raise ContractError(f"{variable.path} is not among the variables of another build")
            variable.assign(state[variable.path])


def built_optimizer(component: ComponentUnderTest) -> keras.optimizers.Optimizer:
    """The component's optimizer, not yet built for any weights.

    Raises:
        ContractError: if it is none that the engine can use.
    """
    made = component.build(component.cases[0])
    fault = fault_of(made, component.kind)
    if fault:
        raise ContractError(fault)
    optimizer: keras.optimizers.Optimizer = made
    return optimizer


class QuadraticLayer(keras.layers.Layer):
    """A layer whose loss is a quadratic of its two weights, for the engine."""

    def __init__(self) -> None:
        super().__init__(name="quadratic")
        rng = np.random.default_rng(15)
        start = {name: rng.normal(size=shape) for name, shape in SHAPES.items()}
        self.parts = [
            self.add_weight(name=name, shape=shape, initializer=_constant(start[name]))
            for name, shape in SHAPES.items()
        ]
        self.built = True

    def loss(self, latent: Tensor, seed: Seed, training: bool) -> Tensor:
        """The quadratic, once for each latent (B, 1)."""
        del seed, training
        value = sum(ops.sum(ops.square(each - 0.5)) for each in self.parts)
        return value + 0.0 * latent[:, 0]


def _constant(value: np.ndarray) -> Any:  # an initializer of Keras
    return lambda shape, dtype=None: ops.reshape(ops.convert_to_tensor(value, dtype), shape)


def engine_of_quadratic(component: ComponentUnderTest, *, eager: bool) -> SamplerModel:
    """The engine with one player, the quadratic, and the component as its optimizer."""
    slot = Slot(
        kind=component.kind, key=component.kind, offer=component.offer, params=component.params
    )
    layer = LearnedSampler(QuadraticLayer(), slot, (1,), seed=0)
    choice = NamedChoice(use=component.offer.full_name, slot=slot)
    model = SamplerModel(layer, TrainSettings(optimizer=choice, batch_size=EXAMPLES))
    model.run_eagerly = eager
    return model


def steps_of_engine(model: SamplerModel, steps: int) -> dict[str, np.ndarray]:
    """The state after some steps."""
    for _ in range(steps):
        model.train_on_batch(np.zeros((EXAMPLES, 1), "float32"))
    return model.state()
