"""Test cases for metrics and feature extractors: data as an evaluation presents it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from vaereg.errors import DataError
from vaereg.testing.cases import LARGE, Case, forms_in_order
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.law import require

CLASSES = 4

CaseResults = dict[Case, Any]  # each law has its own results
"""By case: the result, or the error with which the component refused the case."""


def as_evaluated(case: Case) -> Case:
    """The same case with classes, and with images in [0, 1]."""
    data = attrs.evolve(case.data, classes=CLASSES)
    if data.form == "image":
        data = attrs.evolve(data, value_range=(0.0, 1.0))
    return attrs.evolve(case, data=data)


def evaluated_cases(component: ComponentUnderTest) -> list[Case]:
    """The cases for the forms of data that the component declares.

    Binary data comes last, since its distances have many ties. Data with a range but no levels is
    left out: it differs from other data only for densities.
    """
    every = [
        as_evaluated(each)
        for each in component.cases
        if each.data.levels or each.data.value_range is None
    ]
    return sorted(every, key=lambda each: each.data.levels == 2)


def results_by_case(
    component: ComponentUnderTest,
    attempt: Callable[[Any, Case], object],  # from an object of any kind
) -> CaseResults:
    """Builds the component for every case and calls `attempt(object, case)`.

    A case is refused if building raises ValueError or DataError, or if the attempt raises
    DataError. If every case with images is refused, a case with larger images is tried too.
    """
    found = {each: _outcome(component, attempt, each) for each in evaluated_cases(component)}
    images = [each for each in found if each.data.form == "image"]
    if images and all(isinstance(found[each], Exception) for each in images):
        large = as_evaluated(LARGE)
        found = {large: _outcome(component, attempt, large), **found}
    return found


def accepted(found: CaseResults) -> CaseResults:
    """The accepted cases with their results."""
    return {each: value for each, value in found.items() if not isinstance(value, Exception)}


def refusal_reasons(found: CaseResults) -> str:
    """Why the other cases were refused, one clause for each reason."""
    names: dict[str, list[str]] = {}
    for case, value in found.items():
        if isinstance(value, Exception):
            names.setdefault(str(value), []).append(case.name)
    return "; ".join(f"{reason} ({', '.join(where)})" for reason, where in names.items())


def require_every_form(component: ComponentUnderTest, found: CaseResults) -> None:
    """Checks that every form of data that the component declares was accepted in some case.

    Raises:
        ContractError: naming the first form that was refused in every case.
    """
    taken = {case.data.form for case in accepted(found)}
    for form in forms_in_order(component.offer.component.for_data):
        require(form in taken, f"it refused all {form} data; {refusal_reasons(found)}")


def _outcome(
    component: ComponentUnderTest,
    attempt: Callable[[Any, Case], object],  # from an object of any kind
    case: Case,
) -> object:
    try:
        built = component.build(case)
    except (DataError, ValueError) as refusal:
        return refusal
    try:
        with case.named_in_errors():
            return attempt(built, case)
    except DataError as refusal:
        return refusal
