"""Laws of components that ask for conditions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vaereg.testing.accepted_cases import home_case
from vaereg.testing.cases import CASES
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.harness import GIVEN, TENSOR_KINDS
from vaereg.testing.law import NotHere, law, require
from vaereg.testing.laws_of.arrays import LATENTS
from vaereg.testing.moved_weights import each_state
from vaereg.testing.stand_ins.told_part import CLASSES

NOT_BY_ROW = ("encoder_weights", "decoder_weights")
"""Inputs that belong to no example."""

BY_COLUMN = ("log_likelihood", "log_prior", "log_posterior")
"""Inputs (K, B), whose second axis is that of the examples."""

PARTS = ("encoder", "decoder", "prior", "likelihood")
"""The kinds whose outputs in inference are those of one example after the other."""

NEAR = 1e-4

MOST = 2 / 3
"""The least share of samples that must lie where their class does."""


def _permuted(inputs: dict[str, np.ndarray], order: np.ndarray) -> dict[str, np.ndarray]:
    return {
        name: value
        if name in NOT_BY_ROW
        else value[:, order]
        if name in BY_COLUMN
        else value[order]
        for name, value in inputs.items()
    }


@law(
    "conditions-stay-with-their-examples",
    "Permuting examples together with their conditions permutes the outputs.",
    *PARTS,
    "posterior",
    level="build",
)
def conditions_stay_with_their_examples(component: ComponentUnderTest) -> None:
    """Each example has conditions of its own.

    A component that asks for none keeps this law. Checked in inference, without draws, at the
    initial weights and after they have moved. Look up the i-th condition for the i-th example, and
    never reduce over the batch; a posterior repeats conditions with ops.tile for its K draws.
    """
    if not component.conditions:
        return
    order = np.array([2, 0, 3, 1])
    for harness, moved in each_state(component, home_case(component), batch=4):
        inputs = harness.inputs()
        first, second = harness.numpy(inputs), harness.numpy(_permuted(inputs, order))
        for name in first.keys() - {"sample", "z", "log_q"}:
            draws = first[name].reshape(-1, len(order), *first[name].shape[1:])
            wanted = draws[:, order].reshape(first[name].shape)
            near = np.allclose(wanted, second[name], rtol=NEAR, atol=NEAR)
            require(near, f"{name} is not permuted with the examples and conditions{moved}")


@law(
    "what-is-asked-for-matters",
    "Every condition that it asks for changes an output.",
    *TENSOR_KINDS,
    level="build",
)
def what_is_asked_for_matters(component: ComponentUnderTest) -> None:
    """A model needs data that gives what its parts ask for, so a part must not ask in vain.

    Checked at the initial weights and after they have moved, since a first layer may start at 0.
    Leave out of `given` what the component does not use, and use what it asks for by its name. What
    it does not ask for it is never told.
    """
    for condition in component.conditions:
        if condition.name not in component.offer.component.given:
            continue
        states = list(_changed_outputs(component, condition.name, condition.classes is not None))
        require(any(states), f"no output changes with the condition {condition.name!r}")


def _changed_outputs(component: ComponentUnderTest, name: str, is_class: bool) -> Iterator[bool]:
    """Whether an output changes with a condition, for each state of the weights."""
    for harness, _ in each_state(component, home_case(component)):
        inputs = harness.inputs()
        values = inputs[f"{GIVEN}{name}"]
        other = (values + 1) % CLASSES if is_class else values + 1.0
        changed = {**inputs, f"{GIVEN}{name}": other.astype(values.dtype)}
        first, second = harness.numpy(inputs), harness.numpy(changed)
        yield any(not np.array_equal(first[key], second[key]) for key in first)


@law(
    "samples-follow-their-conditions",
    "Samples of the i-th condition follow the latents that `fit` was told with this condition.",
    "sampler",
)
def samples_follow_their_conditions(component: ComponentUnderTest) -> None:
    """A sampler that asks for the label draws latents of the requested classes, row by row.

    Fitted to latents whose classes lie far apart; most samples must be nearest to the centre of
    their class. A sampler that asks for none, or hands conditions to the prior, keeps this law. One
    that is trained by steps needs a test of your own. Use the conditions in `fit` and in `sample`,
    in the order of the rows.
    """
    declared = component.offer.component
    if "label" not in declared.given | declared.may_be_given:
        return
    case, rng = CASES[0], np.random.default_rng(16)
    labels = np.arange(LATENTS, dtype=np.int32) % CLASSES
    centres = np.eye(CLASSES, int(np.prod(case.latent_shape)), dtype=np.float32) * 6.0
    noise = 0.3 * rng.normal(size=(LATENTS, centres.shape[1])).astype(np.float32)
    latents = (centres[labels] + noise).reshape(LATENTS, *case.latent_shape)
    others = {
        each.name: np.zeros(LATENTS, np.float32)
        for each in component.conditions
        if each.name != "label"
    }
    sampler = component.build(case)
    if callable(getattr(sampler, "loss", None)):
        raise NotHere("it is trained by steps, and follows conditions only after its training")
    sampler.fit(latents, 0, given={"label": labels, **others})
    wanted = np.roll(labels, 1)
    drawn = np.asarray(sampler.sample(LATENTS, 1, given={"label": wanted, **others}))
    apart = np.linalg.norm(drawn.reshape(LATENTS, 1, -1) - centres, axis=-1)
    share = float(np.mean(apart.argmin(axis=1) == wanted))
    require(share >= MOST, f"{share:.0%} of the samples are nearest to the class that was given")
