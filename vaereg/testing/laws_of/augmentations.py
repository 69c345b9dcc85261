"""Laws of augmentations."""

from __future__ import annotations

import keras
import numpy as np
from keras import ops

from vaereg.testing.accepted_cases import accepted_cases, home_case
from vaereg.testing.cases import Case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.first_steps import EXAMPLES, with_and_without
from vaereg.testing.harness import Harness
from vaereg.testing.law import law, require

EXAMPLES_IN_A_BATCH = 16
"""So many that draws of their own show, even where most examples stay as they are."""

CALLS = 16
"""How many calls must differ somewhere, with one generator."""

NEAR = 1e-5
"""The allowed difference: interpolated values are sums of rounded products."""


def _values(case: Case, count: int, seed: int = 0) -> np.ndarray:
    return case.latents(count, seed) if case.of_latents else case.examples(count, seed)


def _augmented(harness: Harness, values: np.ndarray, seed: object) -> np.ndarray:
    found = harness.object(ops.convert_to_tensor(values), seed)
    return np.asarray(ops.convert_to_numpy(found))


@law(
    "augmented-data-stays-in-range",
    "Augmented examples are float32, and lie within the value range of the data.",
    "augmentation",
)
def augmented_data_stays_in_range(component: ComponentUnderTest) -> None:
    """Likelihoods and discriminators rely on the range of the data.

    Checked for every accepted test case with random examples, and with examples at both ends of the
    range. Clip to context.data_spec.value_range, or leave values as they are.
    """
    for case in accepted_cases(component):
        harness, random = Harness(component, case), _values(case, EXAMPLES_IN_A_BATCH)
        dtype = keras.backend.standardize_dtype(
            harness.object(ops.convert_to_tensor(random), 1).dtype
        )
        require(dtype == "float32", f"values have dtype {dtype} ({case.name})")
        if case.of_latents or case.data.value_range is None:
            continue
        low, high = case.data.value_range
        slack = NEAR * (high - low)
        for values in (random, np.full_like(random, low), np.full_like(random, high)):
            found = _augmented(harness, values, 1)
            inside = found.min() >= low - slack and found.max() <= high + slack
            require(
                inside,
                f"values range from {found.min():.4g} to {found.max():.4g}, and those of the data "
                f"from {low:g} to {high:g} ({case.name})",
            )


@law(
    "examples-get-draws-of-their-own",
    "The draws differ between the examples of a batch, and between calls with one generator.",
    "augmentation",
)
def examples_get_draws_of_their_own(component: ComponentUnderTest) -> None:
    """One draw for all examples, or the same in each step, is hardly an augmentation.

    Checked with 16 equal examples and 16 calls. Draw a number for each example, of shape (B,), and
    pass the SeedGenerator itself to keras.random.
    """
    harness = Harness(component, home_case(component))
    equal = np.repeat(_values(harness.case, 1), EXAMPLES_IN_A_BATCH, axis=0)
    found = _augmented(harness, equal, 1)
    require(np.any(found != found[:1]), "equal examples of one batch are changed equally")
    generator = keras.random.SeedGenerator(1)
    calls = [_augmented(harness, equal, generator) for _ in range(CALLS)]
    differ = any(np.any(each != calls[0]) for each in calls[1:])
    require(differ, f"{CALLS} calls with one SeedGenerator change the examples equally")


@law(
    "examples-are-augmented-alone",
    "What becomes of an example does not depend on the others, and it stays at its place.",
    "augmentation",
)
def examples_are_augmented_alone(component: ComponentUnderTest) -> None:
    """Labels and other conditions stay where they are, so examples must neither move nor mix.

    Checked by exchanging one example for another. Never shuffle the batch, and never compute with
    values of two examples.
    """
    harness = Harness(component, home_case(component))
    values, others = (_values(harness.case, EXAMPLES_IN_A_BATCH, seed) for seed in (0, 1))
    before = _augmented(harness, values, 1)
    for place in range(EXAMPLES_IN_A_BATCH):
        changed = values.copy()
        changed[place] = others[place]
        after = _augmented(harness, changed, 1)
        rest = np.arange(EXAMPLES_IN_A_BATCH) != place
        gap = np.abs(after[rest] - before[rest]).max()
        require(gap <= NEAR, f"another example at place {place} changes the rest by {gap:.3g}")


@law(
    "only-training-is-augmented",
    "It changes training steps, and neither validation nor what the model computes otherwise.",
    "augmentation",
    level="training",
)
def only_training_is_augmented(component: ComponentUnderTest) -> None:
    """Scores of augmented data would say nothing about the data.

    The engine calls augmentations in training steps only. Checked on a tiny model: its validation
    and its reconstructions are those of the model without the augmentation, and its loss in
    training is another. Do nothing to other parts of the model.
    """
    case = home_case(component)
    x = case.examples(EXAMPLES)
    having, without = with_and_without(component, case)
    terms = [model.test_on_batch(x, return_dict=True) for model in (having, without)]
    for name, value in terms[1].items():
        found = float(terms[0][name])
        require(found == float(value), f"{name} in validation is {found:.6g}, not {value:.6g}")
    shown = [ops.convert_to_numpy(model(x)) for model in (having, without)]
    require(np.array_equal(*shown), "reconstructions differ from those without it")
    losses = [model.train_on_batch(x, return_dict=True)["loss"] for model in (having, without)]
    require(float(losses[0]) != float(losses[1]), "the loss of a training step is the same")
