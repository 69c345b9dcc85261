"""The list of all laws."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from vaereg.component import Offer
from vaereg.testing.law import Law
from vaereg.testing.laws_of import (
    arrays,
    augmentations,
    bounds,
    conditions,
    declarations,
    distributions,
    feature_extractors,
    gradients,
    held_parts,
    likelihoods,
    measured_weights,
    metrics,
    optimizers,
    posteriors,
    tensors,
    terms,
    trained_samplers,
    training,
    use,
    weights,
)

MODULES = (
    declarations,
    tensors,
    weights,
    held_parts,
    gradients,
    distributions,
    posteriors,
    likelihoods,
    bounds,
    terms,
    arrays,
    optimizers,
    conditions,
    trained_samplers,
    augmentations,
    metrics,
    feature_extractors,
    use,
    training,
    measured_weights,
)


def _in_order() -> Iterator[Law]:
    """The laws sorted by `order`, each with the earlier laws that it depends on."""
    every = [
        value for module in MODULES for value in vars(module).values() if isinstance(value, Law)
    ]
    foundations: list[Law] = []
    for law in sorted(every, key=lambda each: each.order):
        below = tuple(each for each in foundations if each.order < law.order)
        yield attrs.evolve(law, foundations=below)
        if law.groundwork is not None:
            foundations.append(law)


LAWS: tuple[Law, ...] = tuple(_in_order())
"""All laws; those that others depend on come first."""


def checks_for(offer: Offer, *, fast: bool = False) -> tuple[Law, ...]:
    """The laws for a component's kind, those that others depend on first.

    Args:
        offer: the component.
        fast: whether to leave out the laws that take longest: those that are `slow`.
    """
    return tuple(each for each in LAWS if offer.kind in each.kinds and not (fast and each.slow))
