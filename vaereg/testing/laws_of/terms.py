"""Laws of the terms of a loss: objectives, regularizers, discriminators; and of channels."""

from __future__ import annotations

import numpy as np

from vaereg.errors import DataError
from vaereg.model.losses.addressed import stated
from vaereg.testing.accepted_cases import home_case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.harness import Harness
from vaereg.testing.law import law, require

BATCHES = (16, 64)
MOST_GROWTH = 2.5
"""Between two batches, one four times as large; a sum over the batch would grow by 4."""


@law(
    "terms-do-not-grow-with-the-batch",
    "The mean of a term over the batch does not grow with the batch size.",
    "objective",
    "regularizer",
    "discriminator",
)
def terms_do_not_grow_with_the_batch(component: ComponentUnderTest) -> None:
    """If a term is summed over the batch, its effective weight depends on batch_size.

    Return one value per example. If a term has one value per batch, return the mean over the
    batch, repeated for each example.
    """
    harness = Harness(component, home_case(component))
    # Averaged over several batches, since a single one may be near 0 by chance.
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
            f"the mean of {name} is {before:.4g} for {BATCHES[0]} examples and {after:.4g} for "
            f"{BATCHES[1]}",
        )


@law(
    "objective-says-what-it-needs",
    "samples is an integer >= 1 and importance is a bool.",
    "objective",
)
def objective_says_what_it_needs(component: ComponentUnderTest) -> None:
    """They tell the engine how many latents to draw and which densities to compute.

    An importance-weighted objective also needs the tag `importance`.
    """
    made = component.build(home_case(component))
    whole = isinstance(made.samples, int) and not isinstance(made.samples, bool)
    require(whole and made.samples >= 1, f"samples = {made.samples!r}")
    require(isinstance(made.importance, bool), f"importance = {made.importance!r}")
    tagged = "importance" in component.offer.component.tags
    require(
        tagged == made.importance,
        f"importance = {made.importance}, but the tag `importance` is "
        + ("set" if tagged else "missing"),
    )


@law(
    "a-point-has-no-kl",
    "If bound.kl is None, as with a deterministic posterior, there is no term kl.",
    "objective",
)
def a_point_has_no_kl(component: ComponentUnderTest) -> None:
    """A deterministic posterior has no KL divergence. Return kl only if bound.kl is not None."""
    harness = Harness(component, home_case(component))
    if harness.object.importance or stated(harness.object):
        return  # never used with such a posterior, or free to need a density
    given = {**harness.inputs(), "kl": None}
    for name, term in harness.numpy(given).items():
        require(not name.endswith("kl"), f"there is a term {name}")
        require(np.isfinite(term).all(), f"{name} is not finite")


def _count_channels(component: ComponentUnderTest) -> None:
    for case in component.cases:
        try:
            likelihood = component.build(case)
        except (ValueError, DataError):
            continue  # refused data; another law checks that some data is accepted
        asked = likelihood.channels(case.data.channels)
        found = f"channels({case.data.channels}) is {asked!r} ({case.name})"
        require(isinstance(asked, int) and asked >= 1, found)


@law(
    "channels-are-counted",
    "channels(n) is an integer >= 1.",
    "likelihood",
    order=1,
    groundwork=_count_channels,
)
def channels_are_counted(component: ComponentUnderTest) -> None:
    """It is the length of the last axis of the decoder's outputs.

    Return an int, such as the number of parameters per value times data_channels.
    """
    _count_channels(component)
