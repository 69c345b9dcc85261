"""Where metrics and feature extractors are tried: situations as an evaluation shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from vaereg.errors import DataError
from vaereg.testing.law import forms_in_order, owe
from vaereg.testing.situations import LARGE, Situation
from vaereg.testing.subject import Subject

CLASSES = 4

Tried = dict[Situation, Any]
"""What came of each situation: a result, or the error that refused it."""


def as_evaluated(situation: Situation) -> Situation:
    """The same with classes, and images in [0, 1]."""
    data = attrs.evolve(situation.data, classes=CLASSES)
    if data.form == "image":
        data = attrs.evolve(data, value_range=(0.0, 1.0))
    return attrs.evolve(situation, data=data)


def evaluated_situations(subject: Subject) -> list[Situation]:
    """Those of the forms it declares; bits come last, for few values have ties everywhere.

    What has a range but no levels is left out, since it differs from others for densities alone.
    """
    every = [
        as_evaluated(each)
        for each in subject.situations
        if each.data.levels or each.data.value_range is None
    ]
    return sorted(every, key=lambda each: each.data.levels == 2)


def tried(subject: Subject, attempt: Callable[[Any, Situation], Any]) -> Tried:
    """Builds the component and attempts something with it in every situation.

    Larger images are tried where all smaller ones are refused: with a ValueError or DataError when
    it is built, or a DataError in the attempt.
    """
    found = {each: _outcome(subject, attempt, each) for each in evaluated_situations(subject)}
    images = [each for each in found if each.data.form == "image"]
    if images and all(isinstance(found[each], Exception) for each in images):
        large = as_evaluated(LARGE)
        found = {large: _outcome(subject, attempt, large), **found}
    return found


def accepted(found: Tried) -> dict[Situation, Any]:
    """The situations that were taken, and the results."""
    return {each: value for each, value in found.items() if not isinstance(value, Exception)}


def refusals(found: Tried) -> str:
    """Why others were refused."""
    names: dict[str, list[str]] = {}
    for situation, value in found.items():
        if isinstance(value, Exception):
            names.setdefault(str(value), []).append(situation.name)
    return "; ".join(f"{reason} ({', '.join(where)})" for reason, where in names.items())


def owe_every_form(subject: Subject, found: Tried) -> None:
    """Says which form of data that the component declares was refused everywhere.

    Raises:
        ContractError: if there is one.
    """
    taken = {situation.data.form for situation in accepted(found)}
    for form in forms_in_order(subject.offer.component.for_data):
        owe(form in taken, f"no {form} data was taken; {refusals(found)}")


def _outcome(
    subject: Subject, attempt: Callable[[Any, Situation], Any], situation: Situation
) -> Any:
    try:
        component = subject.build(situation)
    except (DataError, ValueError) as refusal:
        return refusal
    try:
        with situation.named_in_errors():
            return attempt(component, situation)
    except DataError as refusal:
        return refusal
