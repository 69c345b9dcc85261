"""Laws about gradients: what they must reach, and that they are finite."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
from keras import ops

from vaereg.contracts.addresses import SELF, SIDES
from vaereg.contracts.support import REALS, support_of
from vaereg.contracts.tensor import Tensor
from vaereg.model.backends.choice import gradient
from vaereg.model.losses.addressed import stated
from vaereg.testing.accepted_cases import home_case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.harness import LAYERS, Harness
from vaereg.testing.law import law, require
from vaereg.testing.moved_weights import each_state, move_weights

SOURCES = {
    "encoder": ("x", ("features",)),
    "posterior": ("features", ("z",)),
    "prior": ("z", ("log_prob",)),
    "decoder": ("z", ("outputs",)),
    "likelihood": ("outputs", ("log_prob",)),
    "objective": ("log_likelihood", ()),
    "augmentation": ("x", ()),
}
"""Kind -> the input that a gradient must reach, and the outputs it comes from (all if empty)."""

MODEL = ("reconstruction", "outputs", "generated", "z", "mode", "log_var")
"""The inputs of a term that depend on the VAE's weights."""

CODERS = ("encoder_weights", "decoder_weights")
"""The weights behind `step.encode` and `step.decode`."""

OWN = ("critic_loss", SELF)
"""The names of a loss that moves the component's own weights."""

NAMES = {"discriminator": ("critic_loss",), "prior": ("log_prob",), "likelihood": ("log_prob",)}
"""The outputs whose gradient trains the weights of a kind, if not all of them do."""


@law("a-gradient-reaches-its-input", "A finite, nonzero gradient reaches the input.", *SOURCES)
def a_gradient_reaches_its_input(component: ComponentUnderTest) -> None:
    """Without this gradient the parts before the input would never learn.

    Look for rounding, argmax, stop_gradient and numpy between input and output. A gradient that is
    0 only at the initial weights, as behind a last layer of zeros, is allowed, and so is a uniform
    prior on a sphere.
    """
    source, names = SOURCES[component.kind]
    home = home_case(component)
    source = "z" if home.of_latents else source
    reached = False
    for harness, moved in each_state(component, home):
        if stated(harness.object):
            return  # an objective that addresses its losses may use anything else of the step
        for each in harness.sources(source, harness.inputs()):
            found = input_gradient(harness, each, names or None)
            require(np.isfinite(found).all(), f"the gradient is not finite{moved}")
            reached = reached or bool(np.any(found != 0))
    require(reached or _is_uniform(harness), "the gradient is 0 everywhere")


def _is_uniform(harness: Harness) -> bool:
    """Whether it is a prior with one density on all of its support, such as a sphere."""
    if harness.kind != "prior" or support_of(harness.object) == REALS:
        return False
    densities = harness.numpy()["log_prob"]
    return bool(np.all(densities == densities[0]))


@law(
    "a-gradient-reaches-the-model",
    "A finite, nonzero gradient reaches tensors or weights of the VAE.",
    "regularizer",
    "discriminator",
)
def a_gradient_reaches_the_model(component: ComponentUnderTest) -> None:
    """A term without a gradient is logged and weighted, but has no effect.

    The gradient may reach tensors of the step that the VAE computes, or the weights behind
    step.encode and step.decode, which are nonlinear here. Look for stop_gradient, rounding and
    numpy between `step` and the result. A gradient may be 0 at the initial weights alone.
    """
    reached: dict[str, bool] = {}
    for harness, moved in each_state(component, home_case(component)):
        for name in harness.outputs():
            if name in OWN:
                continue
            reached.setdefault(name, False)
            for source in (*_of_the_model(harness), *CODERS):
                value = input_gradient(harness, source, (name,))
                require(np.isfinite(value).all(), f"d {name} / d {source} is not finite{moved}")
                reached[name] = reached[name] or bool(np.any(value != 0))
        if all(reached.values()):
            break  # the moved weights would cost as much again
    for name, found in reached.items():
        require(found, f"{name} has no gradient in any of {', '.join((*MODEL, *CODERS))}")


def _of_the_model(harness: Harness) -> tuple[str, ...]:
    """The inputs of a term that depend on the VAE's weights, features among them if it has them."""
    if harness.encoding is None:
        return MODEL
    return (*MODEL, *harness.sources("features", harness.inputs()))


_OF_BOTH = ("reconstruction", "outputs", "log_likelihood")
REACHED: dict[str, tuple[str, ...]] = {
    "inference": ("z", "mode", "log_var", "kl", *_OF_BOTH, "encoder_weights"),
    "generation": ("generated", *_OF_BOTH, "decoder_weights"),
}
"""Side -> the inputs of a term that depend on its weights."""


@law(
    "a-loss-reaches-its-player",
    "A finite, nonzero gradient of an addressed loss reaches its player.",
    "regularizer",
    "discriminator",
    "objective",
)
def a_loss_reaches_its_player(component: ComponentUnderTest) -> None:
    """A loss moves its player alone, so without this gradient it moves nothing.

    A loss of "self" must depend on the component's weights, one of a part on what that part
    computes. Look for stop_gradient, and whether the address is the right one.
    """
    reached: dict[str, bool] = {}
    for harness, moved in each_state(component, home_case(component)):
        if not stated(harness.object):
            return
        for name in harness.outputs():
            found = _gradients_of_player(harness, name)
            finite = all(np.isfinite(each).all() for each in found)
            require(finite, f"the gradient of the loss of {name!r} is not finite{moved}")
            reached[name] = reached.get(name, False) or any(np.any(each != 0) for each in found)
        if all(reached.values()):
            break
    for name, sees in reached.items():
        require(sees, f"the loss of {name!r} has no finite gradient in what it should move")


def _gradients_of_player(harness: Harness, name: str) -> list[np.ndarray]:
    """The gradients of an addressed loss in what its player computes, or in its own weights."""
    if name in OWN:
        return weight_gradients(harness, harness.object.trainable_variables, (name,))
    sides = [side for side, parts in SIDES.items() if name in (side, *parts)]
    sources = [source for side in sides or SIDES for source in REACHED[side]]
    if "inference" in (sides or SIDES) and harness.encoding is not None:
        sources += harness.sources("features", harness.inputs())
    return [input_gradient(harness, source, (name,)) for source in dict.fromkeys(sources)]


@law(
    "a-gradient-reaches-every-weight",
    "A finite, nonzero gradient reaches every weight matrix.",
    *LAYERS,
    "regularizer",
)
def a_gradient_reaches_every_weight(component: ComponentUnderTest) -> None:
    """A weight without a gradient is never trained: remove it, or let the outputs depend on it.

    Checked after the weights have moved, since some weights rightly start at 0.
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
    "In the direction in which generator_loss falls fastest, critic_loss rises.",
    "discriminator",
)
def the_players_oppose_each_other(component: ComponentUnderTest) -> None:
    """With the wrong sign the generator would help the critic.

    Flip the sign of one of the losses. A critic whose last layer starts at 0 is checked after its
    weights have moved.
    """
    agreement, moved = 0.0, ""
    for harness, moved in each_state(component, home_case(component), batch=8):  # noqa: B007
        if stated(harness.object):
            return  # what it addresses to the VAE may hold more than the opposite of its own loss
        for source in _of_the_model(harness):
            pulls = [
                input_gradient(harness, source, (name,), weigh=False)
                for name in ("generator_loss", "critic_loss")
            ]
            agreement += float(np.sum(pulls[0] * pulls[1]))
        if agreement:
            break
    found = f"the gradients of both losses have the inner product {agreement:.3g}, not below 0"
    require(agreement < 0, f"{found}{moved}")


@law(
    "better-likelihood-lower-loss",
    "A larger log p(x given z) of an example lowers the loss, and never raises it.",
    "objective",
)
def better_likelihood_lower_loss(component: ComponentUnderTest) -> None:
    """The loss is minimised, so its gradient with respect to the log-likelihood is negative.

    Flip the sign, or find where examples are mixed.
    """
    found, moved = np.zeros(1), ""
    for harness, moved in each_state(component, home_case(component)):  # noqa: B007
        if stated(harness.object):
            return  # it need not use the likelihood
        found = input_gradient(harness, "log_likelihood", None, weigh=False)  # (K, B)
        if np.any(found != 0):
            break
    falls = np.all(found <= 0) and np.all(found.sum(axis=0) < 0)
    require(falls, f"the gradient is {found.tolist()}{moved}")


def input_gradient(
    harness: Harness,
    source: str,
    names: tuple[str, ...] | None,
    *,
    weigh: bool = True,
    given: dict[str, Tensor] | None = None,
) -> np.ndarray:
    """The gradient of a sum of outputs with respect to one input, as a numpy array.

    Args:
        harness: the object.
        source: the name of the input.
        names: the outputs to sum; None for all.
        weigh: whether values are summed with fixed random weights.
        given: all inputs; random ones if None.
    """
    given = harness.inputs() if given is None else given

    def total(value: Tensor) -> Tensor:
        return _weighted_sum(harness.outputs({**given, source: value}), names, weigh)

    return _as_numpy(gradient(total, ops.convert_to_tensor(given[source])))


def weight_gradients(
    harness: Harness, variables: list[keras.Variable], names: tuple[str, ...] | None
) -> list[np.ndarray]:
    """The gradients of a sum of outputs, with fixed random weights, with respect to variables."""
    return gradients_of_sum(lambda: _weighted_sum(harness.outputs(), names, weigh=True), variables)


def gradients_of_sum(
    values: Callable[[], Tensor], variables: list[keras.Variable]
) -> list[np.ndarray]:
    """The gradients of sum(values()) with respect to variables."""
    starts = [_as_numpy(each.value).astype(np.float32) for each in variables]
    ends = np.cumsum([start.size for start in starts])

    def cut(flat: Tensor) -> list[Tensor]:
        reshape = np.reshape if isinstance(flat, np.ndarray) else ops.reshape
        return [
            reshape(flat[end - start.size : end], start.shape)
            for start, end in zip(starts, (int(end) for end in ends), strict=True)
        ]

    def total(flat: Tensor) -> Tensor:
        mapping = list(zip(variables, cut(flat), strict=True))
        with keras.StatelessScope(state_mapping=mapping):
            return ops.reshape(ops.sum(values()), (1,))

    flat = np.concatenate([start.ravel() for start in starts])
    return cut(_as_numpy(gradient(total, ops.convert_to_tensor(flat))))


def _weighted_sum(outputs: dict[str, Tensor], names: tuple[str, ...] | None, weigh: bool) -> Tensor:
    """The sum of outputs, (1,).

    `weigh` applies random weights, because an unweighted sum may be constant, as of a softmax.
    """
    chosen = outputs if names is None else {name: outputs[name] for name in names}
    terms = []
    for value in chosen.values():
        share = np.random.default_rng(15).normal(size=tuple(value.shape)).astype(np.float32)
        terms.append(ops.sum(value * ops.convert_to_tensor(share) if weigh else value))
    return ops.reshape(sum(terms[1:], terms[0]), (1,))


def _as_numpy(value: Tensor) -> np.ndarray:
    return np.array(ops.convert_to_numpy(value))
