"""Where metrics and feature extractors are tried: cases as an evaluation shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from vaereg.errors import DataError
from vaereg.testing.cases import LARGE, Case, forms_in_order
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.law import require

CLASSES = 4

CaseResults = dict[Case, Any]
"""What came of each case: a result, or the error that refused it."""


def as_evaluated(case: Case) -> Case:
    """The same with classes, and images in [0, 1]."""
    data = attrs.evolve(case.data, classes=CLASSES)
    if data.form == "image":
        data = attrs.evolve(data, value_range=(0.0, 1.0))
    return attrs.evolve(case, data=data)


def evaluated_cases(component: ComponentUnderTest) -> list[Case]:
    """Those of the forms it declares; bits come last, for few values have ties everywhere.

    What has a range but no levels is left out, since it differs from others for densities alone.
    """
    every = [
        as_evaluated(each)
        for each in component.cases
        if each.data.levels or each.data.value_range is None
    ]
    return sorted(every, key=lambda each: each.data.levels == 2)


def results_by_case(
    component: ComponentUnderTest, attempt: Callable[[Any, Case], Any]
) -> CaseResults:
    """Builds the component and attempts something with it in every case.

    Larger images are tried where all smaller ones are refused: with a ValueError or DataError when
    it is built, or a DataError in the attempt.
    """
    found = {each: _outcome(component, attempt, each) for each in evaluated_cases(component)}
    images = [each for each in found if each.data.form == "image"]
    if images and all(isinstance(found[each], Exception) for each in images):
        large = as_evaluated(LARGE)
        found = {large: _outcome(component, attempt, large), **found}
    return found


def accepted(found: CaseResults) -> dict[Case, Any]:
    """The cases that were taken, and the results."""
    return {each: value for each, value in found.items() if not isinstance(value, Exception)}


def refusal_reasons(found: CaseResults) -> str:
    """Why others were refused."""
    names: dict[str, list[str]] = {}
    for case, value in found.items():
        if isinstance(value, Exception):
            names.setdefault(str(value), []).append(case.name)
    return "; ".join(f"{reason} ({', '.join(where)})" for reason, where in names.items())


def require_every_form(component: ComponentUnderTest, found: CaseResults) -> None:
    """Says which form of data that the component declares was refused everywhere.

    Raises:
        ContractError: if there is one.
    """
    taken = {case.data.form for case in accepted(found)}
    for form in forms_in_order(component.offer.component.for_data):
        require(form in taken, f"no {form} data was taken; {refusal_reasons(found)}")


def _outcome(component: ComponentUnderTest, attempt: Callable[[Any, Case], Any], case: Case) -> Any:
    try:
        built = component.build(case)
    except (DataError, ValueError) as refusal:
        return refusal
    try:
        with case.named_in_errors():
            return attempt(built, case)
    except DataError as refusal:
        return refusal
