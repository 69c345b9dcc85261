"""The companions of a component: the parts with which it works, as `goes_with` names them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from vaereg.component import Offer
from vaereg.contracts.catalog import ComponentSource
from vaereg.discovery.blame import cause
from vaereg.errors import DataError
from vaereg.testing.suitable.not_here import NotHere
from vaereg.wording import first_lines

Wanted = tuple[str, frozenset[str]]
"""A kind, and the names that are allowed for it."""


class CompanionRefuses(DataError):
    """A companion does not take the data or the latent of a test case."""


def companions_of(offer: Offer, source: ComponentSource) -> dict[str, Offer]:
    """Kind -> the component of that kind with which this one works, and those of that one.

    Of several, the first by name that fits, those of the same distribution first.

    Raises:
        NotHere: if one is not installed, or none fits the others.
    """
    found = _chosen(list(offer.component.goes_with.items()), {offer.kind: offer}, source)
    if found is None:
        raise NotHere(_reason(offer, source))
    return {kind: each for kind, each in found.items() if kind != offer.kind}


@contextmanager
def blaming_companion(offer: Offer) -> Iterator[None]:
    """Attributes exceptions of a companion to it, so that the tested component is not blamed.

    Raises:
        CompanionRefuses: for a ValueError or DataError.
        NotHere: for any other exception.
    """
    who = f"the {offer.kind} `{offer.name}`, with which it works,"
    try:
        yield
    except (NotHere, CompanionRefuses):
        raise
    except (ValueError, DataError) as refusal:
        raise CompanionRefuses(f"{who} refuses it: {first_lines(refusal)}") from refusal
    except Exception as fault:
        raise NotHere(f"not checked, because {who} fails: {cause(fault)}") from fault


def _chosen(
    wanted: Sequence[Wanted], chosen: dict[str, Offer], source: ComponentSource
) -> dict[str, Offer] | None:
    """The first choice of components that agree with one another; None if there is none."""
    if not wanted:
        return chosen
    (kind, names), *others = wanted
    if kind in chosen:
        return _chosen(others, chosen, source) if chosen[kind].name in names else None
    own = next(iter(chosen.values())).distribution
    for offer in sorted(_offered(kind, names, source), key=lambda each: each.distribution != own):
        more = offer.component.goes_with.items()
        found = _chosen([*others, *more], {**chosen, kind: offer}, source)
        if found is not None:
            return found
    return None


def _offered(kind: str, names: frozenset[str], source: ComponentSource) -> list[Offer]:
    return [each for each in source.offers(kind) if each.name in names]


def _reason(offer: Offer, source: ComponentSource) -> str:
    """Why there are no companions, in one sentence."""
    missing = _missing(offer, source, frozenset())
    if missing:
        return (
            f"not checked, because it works only with {missing}, which no installed distribution "
            "offers; install the one that does"
        )
    every = ", ".join(_in_words(kind, names) for kind, names in offer.component.goes_with.items())
    return (
        f"not checked, because of the installed components with which it works ({every}) none "
        "go with one another"
    )


def _missing(offer: Offer, source: ComponentSource, seen: frozenset[str]) -> str:
    """The companions that are not installed, at any depth, in words; empty if all are."""
    for kind, names in offer.component.goes_with.items():
        offered = _offered(kind, names, source)
        if not offered:
            return _in_words(kind, names)
        for each in offered:
            if each.label not in seen:
                below = _missing(each, source, seen | {each.label})
                if below:
                    return f"{_in_words(kind, names)}, which works only with {below}"
    return ""


def _in_words(kind: str, names: frozenset[str]) -> str:
    return f"the {kind} " + " or ".join(f"`{name}`" for name in sorted(names))
