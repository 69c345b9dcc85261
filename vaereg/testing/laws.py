"""Every law there is."""

from __future__ import annotations

from vaereg.component import Offer
from vaereg.testing.groundwork import depth
from vaereg.testing.law import Law
from vaereg.testing.laws_of import (
    arrays,
    declarations,
    distributions,
    feature_extractors,
    gradients,
    likelihoods,
    metrics,
    steps,
    tensors,
    terms,
    training,
    use,
    weights,
)

MODULES = (
    declarations,
    tensors,
    weights,
    steps,
    gradients,
    distributions,
    likelihoods,
    terms,
    arrays,
    metrics,
    feature_extractors,
    use,
    training,
)

LAWS: tuple[Law, ...] = tuple(
    sorted(
        (value for module in MODULES for value in vars(module).values() if isinstance(value, Law)),
        key=lambda law: depth(law.id),
    )
)


def checks_for(offer: Offer) -> tuple[Law, ...]:
    """The laws that bind a component's kind: what others rest on first, then the cheapest."""
    return tuple(each for each in LAWS if offer.kind in each.kinds)
