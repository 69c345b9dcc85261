"""Laws of components that ask for conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np

from vaereg.contracts.conditions import LABEL, conditions_at
from vaereg.testing.accepted_cases import home_case
from vaereg.testing.cases import CASES
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.harness import GIVEN, TENSOR_KINDS
from vaereg.testing.law import NotHere, law, require
from vaereg.testing.laws_of.arrays import LATENTS, splits_of
from vaereg.testing.learned_samplers import as_sampler, learns_by_steps, train_sampler
from vaereg.testing.moved_weights import each_state
from vaereg.testing.stand_ins.told_part import CLASSES

NOT_BY_ROW = ("encoder_weights", "decoder_weights")
"""Inputs that belong to no example."""

BY_COLUMN = ("log_likelihood", "log_prior", "log_posterior")
"""Inputs (K, B), whose second axis is that of the examples."""

PARTS = ("encoder", "decoder", "prior", "likelihood")
"""The kinds whose outputs in inference are those of one example after the other."""

TERMS = ("regularizer", "discriminator", "objective")
"""The kinds that may compare the examples of a batch, and draw."""

ORDER = np.array([1, 0, 3, 4, 2])
"""Few mistakes survive it: only its own powers commute with it, no reversal and no rotation."""

NEAR = 1e-4

MOST = 2 / 3
"""The least share of samples that must lie where their class does."""

STEPS = 60
"""Steps of training after which draws of one class have begun to move to its latents."""

TOWARDS = 0.25
"""The least cosine between how the draws of two classes move apart, and how their latents lie.

About 0.7 to 1 for a sound sampler, at most -0.5 if classes are exchanged."""

MOVED = 1e-3
"""How far, as a share of the distance of the latents, draws must have moved to tell."""


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
    *TERMS,
    level="build",
)
def conditions_stay_with_their_examples(component: ComponentUnderTest) -> None:
    """Each example has conditions of its own.

    A component that asks for none keeps this law, and so does a term that draws. Checked in
    inference, at the initial weights and after they have moved. Look up the i-th condition for the
    i-th example; a posterior repeats conditions with ops.tile for its K draws.
    """
    if not component.conditions:
        return
    for harness, moved in each_state(component, home_case(component), batch=len(ORDER)):
        inputs = harness.inputs()
        first, second = harness.numpy(inputs), harness.numpy(_permuted(inputs, ORDER))
        drawn = {"sample", "z", "log_q"}
        if component.kind in TERMS:
            again = harness.numpy(inputs, seed=2)
            drawn = {name for name in first if not np.array_equal(first[name], again[name])}
        for name in first.keys() - drawn:
            draws = first[name].reshape(-1, len(ORDER), *first[name].shape[1:])
            wanted = draws[:, ORDER].reshape(first[name].shape)
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
    "Samples of the i-th condition follow the latents that were learned with this condition.",
    "sampler",
)
def samples_follow_their_conditions(component: ComponentUnderTest) -> None:
    """A sampler that asks for the label draws latents of the requested classes, row by row.

    Learned are latents whose classes lie far apart; most samples must be nearest to the centre of
    their class. With a loss, draws of two classes must move apart as their latents lie, within 60
    steps. A sampler that hands conditions to the prior keeps this law.
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
        each.name: np.zeros((LATENTS, *each.shape), each.dtype)
        for each in component.conditions
        if each.name != "label"
    }
    sampler = as_sampler(component, case, component.build(case))
    sampler.fit(latents, 0, given={"label": labels, **others})

    def drawn(wanted: np.ndarray) -> np.ndarray:
        given = {"label": wanted, **others}
        return np.asarray(sampler.sample(LATENTS, 1, given=given)).reshape(LATENTS, -1)

    if learns_by_steps(sampler):
        before = _means_of_classes(drawn)
        train_sampler(sampler, latents, {"label": labels, **others}, steps=STEPS)
        _require_towards(_means_of_classes(drawn) - before, centres)
        return
    wanted = np.roll(labels, 1)
    apart = np.linalg.norm(drawn(wanted)[:, None] - centres, axis=-1)
    share = float(np.mean(apart.argmin(axis=1) == wanted))
    require(share >= MOST, f"{share:.0%} of the samples are nearest to the class that was given")


def _means_of_classes(drawn: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """The mean draw of each class (CLASSES, d), all from the same noise."""
    return np.stack(
        [drawn(np.full(LATENTS, each, np.int32)).mean(axis=0) for each in range(CLASSES)]
    )


def _require_towards(moved: np.ndarray, centres: np.ndarray) -> None:
    """Requires that training moved the draws of classes (CLASSES, d) apart as the centres lie.

    Raises:
        ContractError: if the draws of two classes moved apart in another direction.
        NotHere: if they hardly moved.
    """
    for one, other in combinations(range(CLASSES), 2):
        found, due = moved[one] - moved[other], centres[one] - centres[other]
        length = float(np.linalg.norm(found))
        if length < MOVED * np.linalg.norm(due):
            raise NotHere(f"undecided: draws hardly moved in {STEPS} steps of training")
        cosine = float(found @ due / (length * np.linalg.norm(due)))
        require(
            cosine >= TOWARDS,
            f"in {STEPS} steps, draws of the classes {one} and {other} do not move apart as their "
            f"latents lie: the cosine is {cosine:.2f}",
        )


@law(
    "conditions-are-taken-by-position",
    "labels(i) and given(i) are the conditions of spec.given at the positions i, in that order.",
    "dataset",
)
def conditions_are_taken_by_position(component: ComponentUnderTest) -> None:
    """Conditions are looked up beside the examples, batch by batch.

    Each has the shape of its `vaereg.Condition`, is finite, and is within its classes; loading
    again gives equal ones, and a label in given(i) is that of labels(i). Whether a label is the
    right one for its example nobody but you can know.
    """
    data, again = component.build(CASES[0])(), component.build(CASES[0])()
    if not data.spec.given:
        return
    for name, split in splits_of(data).items():
        chosen = np.array([len(split) - 1, 0, len(split) // 2, len(split) // 3])
        together = conditions_at(split, data.spec.given, chosen)
        alone = [conditions_at(split, data.spec.given, chosen[[i]]) for i in range(len(chosen))]
        loaded = conditions_at(splits_of(again)[name], data.spec.given, chosen)
        for key, values in together.items():
            equal = np.array_equal(values, np.concatenate([each[key] for each in alone]))
            require(equal, f"{name}: {key} at [a, b] differs from {key} at [a] and at [b]")
            require(np.array_equal(values, loaded[key]), f"{name}: {key} differs when loaded again")
        own = split.given(chosen).get(LABEL) if hasattr(split, "given") else None
        agree = own is None or np.array_equal(own, together.get(LABEL, own))
        require(agree, f"{name}: the label of given(i) is not that of labels(i)")
