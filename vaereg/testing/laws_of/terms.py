"""Laws of terms of the loss: objectives, regularizers, discriminators."""

from __future__ import annotations

import numpy as np

from vaereg.errors import DataError
from vaereg.testing.accepted_cases import home_case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.harness import Harness
from vaereg.testing.law import law, require

BATCHES = (16, 64)
MOST_GROWTH = 2.5
"""Between two batches, one four times the other: a sum over the batch grows by 4."""


@law(
    "terms-do-not-grow-with-the-batch",
    "The mean over the batch does not grow with the batch.",
    "objective",
    "regularizer",
    "discriminator",
)
def terms_do_not_grow_with_the_batch(component: ComponentUnderTest) -> None:
    """A term that is summed over the batch makes every weight depend on batch_size.

    Return one value per example, and repeat the mean where there is but one.
    """
    harness = Harness(component, home_case(component))
    # Over several batches, since a single one may lie near 0 by chance.
    small, large = (
        [harness.numpy(harness.inputs(batch, seed=s)) for s in range(4)] for batch in BATCHES
    )
    for name in small[0]:
        before, after = (
            float(np.mean([np.abs(each[name]).mean() for each in found]))
            for found in (small, large)
        )
        require(
            after <= MOST_GROWTH * before + 1e-3,
            f"the mean of {name} is {before:.4g} for {BATCHES[0]} and {after:.4g} for "
            f"{BATCHES[1]} examples",
        )


@law(
    "objective-says-what-it-needs",
    "samples is an integer >= 1 and importance is a bool.",
    "objective",
)
def objective_says_what_it_needs(component: ComponentUnderTest) -> None:
    """The engine draws and computes what they ask for.

    One that weighs by importance puts `importance` among its tags too.
    """
    made = component.build(home_case(component))
    whole = isinstance(made.samples, int) and not isinstance(made.samples, bool)
    require(whole and made.samples >= 1, f"samples = {made.samples!r}")
    require(isinstance(made.importance, bool), f"importance = {made.importance!r}")
    tagged = "importance" in component.offer.component.tags
    require(
        tagged == made.importance, f"importance = {made.importance}, and its tags do not say so"
    )


@law(
    "a-point-has-no-kl",
    "Where bound.kl is None, as for a posterior that is a point, there is no term kl.",
    "objective",
)
def a_point_has_no_kl(component: ComponentUnderTest) -> None:
    """A deterministic posterior has no divergence. Put kl among the terms only if it is there."""
    harness = Harness(component, home_case(component))
    if harness.object.importance:
        return  # never used with such a posterior
    given = {**harness.inputs(), "kl": None}
    for name, term in harness.numpy(given).items():
        require(not name.endswith("kl"), f"there is a term {name}")
        require(np.isfinite(term).all(), f"{name} is not finite")


def _count_channels(component: ComponentUnderTest) -> None:
    for case in component.cases:
        try:
            likelihood = component.build(case)
        except (ValueError, DataError):
            continue  # data that it refuses; another law asks whether it takes any
        asked = likelihood.channels(case.data.channels)
        require(isinstance(asked, int) and asked >= 1, f"it is {asked!r} ({case.name})")


@law(
    "channels-are-counted",
    "channels(n) is an integer >= 1.",
    "likelihood",
    order=1,
    groundwork=_count_channels,
)
def channels_are_counted(component: ComponentUnderTest) -> None:
    """The decoder's last axis is made by it.

    Return an int, such as parameters per value times data_channels.
    """
    _count_channels(component)
