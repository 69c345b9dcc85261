"""Every law there is."""

from __future__ import annotations

from vaereg.component import Offer
from vaereg.testing import (
    laws_arrays,
    laws_distribution,
    laws_features,
    laws_gradient,
    laws_likelihood,
    laws_metric,
    laws_static,
    laws_steps,
    laws_tensors,
    laws_terms,
    laws_training,
    laws_use,
    laws_weights,
)
from vaereg.testing.groundwork import depth
from vaereg.testing.law import Law

MODULES = (
    laws_static,
    laws_tensors,
    laws_weights,
    laws_steps,
    laws_gradient,
    laws_distribution,
    laws_likelihood,
    laws_terms,
    laws_arrays,
    laws_metric,
    laws_features,
    laws_use,
    laws_training,
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
