"""Laws of regularizers and discriminators whose weight is measured from gradients."""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs
import keras
import numpy as np
from keras import ops

from vaereg.contracts.schedule import Schedule
from vaereg.contracts.tensor import Tensor
from vaereg.declaration.declaration import Adaptive, Balance, NamedChoice
from vaereg.errors import DeclarationError
from vaereg.model.backends.choice import gradient
from vaereg.model.losses.terms import weight_term
from vaereg.model.term_weights.measured_weights import OF_DECODER
from vaereg.model.vae import VAE
from vaereg.testing.accepted_cases import home_case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.first_steps import EXAMPLES, TESTED, weighted
from vaereg.testing.law import law, require
from vaereg.testing.moved_weights import move
from vaereg.testing.stand_ins.told_part import random_conditions

SHARE = 0.3
BALANCED = Balance(share=SHARE)
ADAPTIVE = Adaptive(scale=0.5)

SGD = NamedChoice(use="sgd", params={"learning_rate": 1e-3})
"""Its steps are the gradients; they are so small that norms stay almost what they were."""

STEPS = 3
NEAR = 1e-2
"""The allowed relative error of the share in the first step, whose averages are its own norms."""

SETTLED = 0.25
"""The same in the last step: the averages lag behind norms that the noise moves."""

ALIKE = 2e-3
"""The allowed difference of two steps, relative to the largest change of a weight."""

ROUNDING = 5e-7
"""The same, relative to the largest value of the weight."""


@attrs.frozen
class Step:
    """A training step with a measured weight.

    Args:
        norms: of the gradients at the decoder's outputs, unweighted: of the losses with fixed
            weights, and of the tested term.
        weight: the measured weight.
        changes: path -> the change of a trainable weight.
    """

    norms: tuple[float, float]
    weight: float
    changes: dict[str, np.ndarray]

    @property
    def share(self) -> tuple[float, float]:
        """The share of the term, and the one that is due.

        That of the losses with fixed weights is 1; without such losses, the norm of the gradient is
        1, and the term has all of it.
        """
        fixed, own = self.norms
        return (self.weight * own / fixed, SHARE) if fixed else (self.weight * own, 1.0)


def _steps(component: ComponentUnderTest) -> list[Step]:
    """The first and the last step with a balanced weight, shared by two laws; none if refused."""
    return component.shared("balanced", lambda: _balanced_steps(component))


def _balanced_steps(component: ComponentUnderTest) -> list[Step]:
    try:
        model = _moved(component, BALANCED)
    except DeclarationError as refusal:
        if any(problem.code != "does-not-fit" for problem in refusal.problems):
            raise
        return []  # it does not look at what the decoder makes, so there is nothing to balance
    x = home_case(component).examples(EXAMPLES)
    first = _step(model, x)
    for _ in range(STEPS - 2):
        _train(model, x)
    return [first, _step(model, x)]


def _moved(component: ComponentUnderTest, weight: Schedule | Adaptive | Balance) -> VAE:
    """The model of this weight. The term's own weights are moved, since the first may be 0."""
    model = weighted(component, home_case(component), weight, SGD)
    terms = {**model.parts.regularizers, **model.parts.discriminators}
    rng = np.random.default_rng(17)
    for each in getattr(terms[TESTED], "trainable_variables", ()):
        move(each, rng)
    return model


def _step(model: VAE, x: np.ndarray) -> Step:
    """One step on a batch, with the norms measured before it, by the noise of this step."""
    norms = _norms(model, x)
    before = _weights(model)
    weight = _train(model, x)
    after = _weights(model)
    return Step(norms, weight, {path: after[path] - before[path] for path in before})


def _train(model: VAE, x: np.ndarray) -> float:
    """The measured weight of one training step; 0 if none is measured."""
    given = random_conditions(model.parts.conditions, len(x))
    model.reset_metrics()
    logs = model.train_on_batch(x, given or None, return_dict=True)
    return float(logs.get(weight_term(TESTED), 0.0))


def _weights(model: VAE) -> dict[str, np.ndarray]:
    return {
        each.path: np.array(ops.convert_to_numpy(each.value), np.float64)
        for each in model.trainable_variables
    }


def _norms(model: VAE, x: np.ndarray) -> tuple[float, float]:
    """The norms of the gradients at all outputs of the decoder: of fixed weights, of the term."""
    given = {
        name: ops.convert_to_tensor(value)
        for name, value in random_conditions(model.parts.conditions, len(x)).items()
    }
    batch = ops.convert_to_tensor(x)

    def of(term: str, added: Sequence[Tensor]) -> tuple[Tensor, Sequence[Tensor]]:
        with keras.StatelessScope():  # neither weights nor noise move on
            found = model.losses(batch, True, given, added)
        values = [
            each.value
            for each in found.losses
            if each.adaptive_of == term and each.player in OF_DECODER
        ]
        return sum(values, ops.zeros(())), found.outputs

    shapes = [tuple(each.shape) for each in of("", [])[1]]
    ends = np.cumsum([math.prod(shape) for shape in shapes]).tolist()

    def norm_of(term: str) -> float:
        def loss(flat: Tensor) -> Tensor:
            added = [
                ops.reshape(flat[end - math.prod(shape) : end], shape)
                for shape, end in zip(shapes, ends, strict=True)
            ]
            return of(term, added)[0]

        found = gradient(loss, ops.zeros((ends[-1],)))
        return float(np.linalg.norm(ops.convert_to_numpy(found)))

    return norm_of(""), norm_of(TESTED)


@law(
    "balanced-terms-get-their-share",
    "With a balanced weight, its gradient at the decoder's output has the declared share.",
    "regularizer",
    "discriminator",
    level="training",
    slow=True,
)
def balanced_terms_get_their_share(component: ComponentUnderTest) -> None:
    """`{ balance = 0.3 }` weighs a term by moving averages of gradient norms.

    Checked in the first steps of a tiny model, if the term depends on what the decoder makes. The
    averages follow slowly: keep the scale of the loss the same from step to step, and leave
    schedules to the weight in registry.toml.
    """
    for step, number, allowed in zip(
        _steps(component), (0, STEPS - 1), (NEAR, SETTLED), strict=False
    ):
        found, due = step.share
        require(
            abs(found - due) <= allowed * due,
            f"with {{ balance = {SHARE} }} the share is {found:.4g}, not {due:.4g}, at step "
            f"{number}",
        )


@law(
    "measured-weights-are-constants",
    "A step with a measured weight is that with the same number as its weight.",
    "regularizer",
    "discriminator",
    level="training",
    slow=True,
)
def measured_weights_are_constants(component: ComponentUnderTest) -> None:
    """No gradient goes through a measured weight, and losses with fixed weights keep them.

    Checked with a balanced and an adaptive weight, against models with that number as the weight.
    Two builds with one seed must be equal: draw with the given seed, and keep no state outside the
    weights.
    """
    steps = _steps(component)
    if not steps:
        return
    x = home_case(component).examples(EXAMPLES)
    adaptive = _moved(component, ADAPTIVE)
    before = _weights(adaptive)
    weight = _train(adaptive, x)
    changed = {path: value - before[path] for path, value in _weights(adaptive).items()}
    seen = {
        f"{{ balance = {SHARE} }}": (steps[0].weight, steps[0].changes),
        f"{{ adaptive = {ADAPTIVE.scale} }}": (weight, changed),
    }
    for declared, (number, changes) in seen.items():
        require(math.isfinite(number), f"the weight of {declared} is {number}")
        plain = _moved(component, Schedule.constant(number))
        start = _weights(plain)
        _train(plain, x)
        for path, value in _weights(plain).items():
            due = value - start[path]
            allowed = ALIKE * np.abs(due).max() + ROUNDING * (1.0 + np.abs(value).max())
            gap = np.abs(changes[path] - due).max()
            require(
                gap <= allowed,
                f"{path} moves by up to {np.abs(changes[path]).max():.4g} with {declared}, and by "
                f"{np.abs(due).max():.4g} with the weight {number:.4g} (they differ by {gap:.3g})",
            )
