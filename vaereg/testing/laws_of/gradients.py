"""Laws about gradients: where one must reach, and that it is finite."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

from vaereg.model.backends.choice import gradient
from vaereg.testing.accepted_cases import home_case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.harness import LAYERS, Harness
from vaereg.testing.law import law, require
from vaereg.testing.moved_weights import move_weights

SOURCES = {
    "encoder": ("x", ("features",)),
    "posterior": ("features", ("z",)),
    "prior": ("z", ("log_prob",)),
    "decoder": ("z", ("outputs",)),
    "likelihood": ("outputs", ("log_prob",)),
    "objective": ("log_likelihood", ()),
}
"""Per kind the input that a gradient must reach, and the outputs it comes from (all if empty)."""

MODEL = ("reconstruction", "outputs", "generated", "z", "mode", "log_var")
"""What a term may look at that the VAE's weights have a say in."""

CODERS = ("encoder_weights", "decoder_weights")
"""The weights behind `step.encode` and `step.decode`."""

NAMES = {"discriminator": ("critic_loss",), "prior": ("log_prob",), "likelihood": ("log_prob",)}
"""The outputs whose gradient trains the weights of a kind, where they are not all."""


@law("a-gradient-reaches-its-input", "A finite gradient that is not 0 reaches the input.", *SOURCES)
def a_gradient_reaches_its_input(component: ComponentUnderTest) -> None:
    """What lies before an input that is cut off, by rounding or a detour, would never learn.

    Look for rounding, argmax, stop_gradient and numpy on the way.
    """
    source, names = SOURCES[component.kind]
    found = input_gradient(Harness(component, home_case(component)), source, names or None)
    require(np.isfinite(found).all(), "the gradient is not finite")
    require(np.any(found != 0), "the gradient is 0 everywhere")


@law(
    "a-gradient-reaches-the-model",
    "A finite gradient reaches something that the VAE's weights have a say in.",
    "regularizer",
    "discriminator",
)
def a_gradient_reaches_the_model(component: ComponentUnderTest) -> None:
    """A term without a gradient is logged, weighed and of no effect.

    What counts: the batch's tensors that the VAE makes, and the weights behind step.encode and
    step.decode, neither of which is linear. Look for stop_gradient, rounding and numpy between
    `step` and the result.
    """
    harness = Harness(component, home_case(component))
    name = "penalty" if component.kind == "regularizer" else "generator_loss"
    found = {source: input_gradient(harness, source, (name,)) for source in (*MODEL, *CODERS)}
    for source, value in found.items():
        require(np.isfinite(value).all(), f"d {name} / d {source} is not finite")
    reached = any(np.any(value != 0) for value in found.values())
    require(reached, f"{name} has no gradient in any of {', '.join(found)}")


@law(
    "a-gradient-reaches-every-weight",
    "A finite gradient that is not 0 reaches every weight matrix.",
    *LAYERS,
    "regularizer",
)
def a_gradient_reaches_every_weight(component: ComponentUnderTest) -> None:
    """Once the weights have moved, since some rightly start at 0.

    What gets none is never trained: leave it out, or let the outputs depend on it.
    """
    harness = Harness(component, home_case(component))
    if not move_weights(harness):
        return
    weights = harness.object.trainable_variables
    gradients = weight_gradients(harness, weights, NAMES.get(component.kind))
    for each, found in zip(weights, gradients, strict=True):
        require(np.isfinite(found).all(), f"the gradient of {each.path} is not finite")
        reached = len(each.shape) < 2 or bool(np.any(found != 0))
        require(reached, f"no gradient reaches {each.path}")


@law(
    "the-players-oppose-each-other",
    "Where generator_loss falls fastest, critic_loss rises.",
    "discriminator",
)
def the_players_oppose_each_other(component: ComponentUnderTest) -> None:
    """An adversarial gradient of the wrong sign helps the critic.

    Turn the sign of one of the losses.
    """
    harness = Harness(component, home_case(component), batch=8)
    agreement = 0.0
    for source in MODEL:
        pulls = [
            input_gradient(harness, source, (name,), weigh=False)
            for name in ("generator_loss", "critic_loss")
        ]
        agreement += float(np.sum(pulls[0] * pulls[1]))
    require(agreement < 0, f"the gradients of both losses agree by {agreement:.3g}")


@law(
    "better-likelihood-lower-loss",
    "A larger log p(x given z) lowers the loss of its example and of no other.",
    "objective",
)
def better_likelihood_lower_loss(component: ComponentUnderTest) -> None:
    """The loss is minimised, so its gradient in the log-likelihood is negative.

    Turn the sign, or find where examples are mixed.
    """
    harness = Harness(component, home_case(component))
    found = input_gradient(harness, "log_likelihood", None, weigh=False)  # (K, B)
    require(
        np.all(found <= 0) and np.all(found.sum(axis=0) < 0), f"the gradient is {found.tolist()}"
    )


def input_gradient(
    harness: Harness,
    source: str,
    names: tuple[str, ...] | None,
    *,
    weigh: bool = True,
    given: dict[str, Any] | None = None,
) -> np.ndarray:
    """The gradient of (a fixed weighted sum of) outputs with respect to one input."""
    given = harness.inputs() if given is None else given

    def total(value: Any) -> Any:
        return _total(harness.outputs({**given, source: value}), names, weigh)

    return _numpy(gradient(total, ops.convert_to_tensor(given[source])))


def weight_gradients(
    harness: Harness, variables: list[Any], names: tuple[str, ...] | None
) -> list[np.ndarray]:
    """The gradients of a fixed weighted sum of outputs with respect to variables."""
    starts = [_numpy(each.value).astype(np.float32) for each in variables]
    ends = np.cumsum([start.size for start in starts])

    def cut(flat: Any) -> list[Any]:
        reshape = np.reshape if isinstance(flat, np.ndarray) else ops.reshape
        return [
            reshape(flat[end - start.size : end], start.shape)
            for start, end in zip(starts, (int(end) for end in ends), strict=True)
        ]

    def total(flat: Any) -> Any:
        mapping = list(zip(variables, cut(flat), strict=True))
        with keras.StatelessScope(state_mapping=mapping):
            return _total(harness.outputs(), names, weigh=True)

    flat = np.concatenate([start.ravel() for start in starts])
    return cut(_numpy(gradient(total, ops.convert_to_tensor(flat))))


def _total(outputs: dict[str, Any], names: tuple[str, ...] | None, weigh: bool) -> Any:
    """One number; weighted unevenly, since evenly weighted outputs may sum to a constant."""
    chosen = outputs if names is None else {name: outputs[name] for name in names}
    terms = []
    for value in chosen.values():
        share = np.random.default_rng(15).normal(size=tuple(value.shape)).astype(np.float32)
        terms.append(ops.sum(value * ops.convert_to_tensor(share) if weigh else value))
    return ops.reshape(sum(terms[1:], terms[0]), (1,))


def _numpy(value: Any) -> np.ndarray:
    return np.array(ops.convert_to_numpy(value))
