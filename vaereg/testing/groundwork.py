"""What other laws rest on: that a component is made, takes data and gives what can be looked at."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING

from vaereg.discovery.blame import cause
from vaereg.discovery.factory import load_factory
from vaereg.errors import ContractError, DataError

if TYPE_CHECKING:
    from vaereg.testing.subject import Subject

FOUNDATIONS = (
    "factory-takes-params-and-context",
    "channels-are-counted",
    "takes-the-data-it-declares",
    "measures-the-data-it-declares",
    "extracts-from-the-data-it-declares",
    "samples-are-latents",
    "data-is-as-described",
    "shapes-are-those-of-the-contract",
)
"""The laws that others rest on, the deepest first; they are tried first."""


def depth(law_id: str) -> int:
    """The place of a law among FOUNDATIONS; behind them all for what rests on them."""
    return FOUNDATIONS.index(law_id) if law_id in FOUNDATIONS else len(FOUNDATIONS)


def obstacle(subject: Subject) -> tuple[str, str] | None:
    """The law on which the others founder, and what was found; None if they can be tried.

    Only what leaves nothing to look at is one: a form of data that is refused is not, as long as
    another is taken. What the machine or the test lacks, laws tell themselves.
    """
    from vaereg.testing.law import NotHere
    from vaereg.testing.subject import ParametersMissing

    for law_id, attempt in _attempts(subject):
        try:
            attempt(subject)
        except (NotHere, ParametersMissing):
            return None
        except ContractError as fault:
            return law_id, (str(fault).strip().splitlines() or [""])[0]
        except Exception as fault:  # noqa: BLE001  # whatever a component raises
            return law_id, cause(fault)
    return None


def _attempts(subject: Subject) -> list[tuple[str, Callable[[Subject], None]]]:
    from vaereg.testing.exercise import TENSOR_KINDS

    found: list[tuple[str, Callable[[Subject], None]]] = [(FOUNDATIONS[0], _load)]
    if subject.kind == "likelihood":
        found.append(("channels-are-counted", _count_channels))
    if subject.kind in TENSOR_KINDS:
        found.append(("takes-the-data-it-declares", _take))
        found.append(("shapes-are-those-of-the-contract", _look_at_shapes))
    others = {
        "metric": ("measures-the-data-it-declares", _measure),
        "feature_extractor": ("extracts-from-the-data-it-declares", _extract),
        "sampler": ("samples-are-latents", _sample),
        "dataset": ("data-is-as-described", _load_data),
    }
    if subject.kind in others:
        found.append(others[subject.kind])
    return found


def _load(subject: Subject) -> None:
    inspect.signature(load_factory(subject.offer)).bind("params", "context")


def _count_channels(subject: Subject) -> None:
    for situation in subject.situations:
        try:
            likelihood = subject.build(situation)
        except (ValueError, DataError):
            continue
        asked = likelihood.channels(situation.data.channels)
        if not isinstance(asked, int) or asked < 1:
            raise ContractError(f"it is {asked!r}")


def _take(subject: Subject) -> None:
    if not subject.accepted:
        raise ContractError(f"it takes no data here: {subject.refusals}")


def _look_at_shapes(subject: Subject) -> None:
    from vaereg.testing.exercise import Exercise
    from vaereg.testing.laws_of.tensors import owe_shapes

    exercise = Exercise(subject, subject.home)
    owe_shapes(exercise, exercise.outputs(), exercise.batch)


def _measure(subject: Subject) -> None:
    from vaereg.testing.laws_of.metrics import accepted_situations

    accepted_situations(subject)


def _extract(subject: Subject) -> None:
    from vaereg.testing.laws_of.feature_extractors import accepted_situations

    accepted_situations(subject)


def _sample(subject: Subject) -> None:
    from vaereg.testing.laws_of.arrays import fitted
    from vaereg.testing.situations import SITUATIONS

    fitted(subject, SITUATIONS[0]).sample(5, 1)


def _load_data(subject: Subject) -> None:
    from vaereg.testing.situations import SITUATIONS

    subject.build(SITUATIONS[0])()
