"""Which test cases a component that computes with tensors accepts, found by calling it once."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import numpy as np

from vaereg.errors import ContractError, DataError
from vaereg.testing.cases import Case, forms_in_order, rarer_cases
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.harness import Harness
from vaereg.wording import without_styles


@attrs.frozen
class FirstCall:
    """The result of one call outside training in a test case.

    Args:
        outputs: name -> array.
        wrong_shape: says which output has a wrong shape; empty if none has.
    """

    outputs: Mapping[str, np.ndarray]
    wrong_shape: str


@attrs.frozen
class FirstCalls:
    """The results of one call outside training in each test case.

    Args:
        by_case: the accepted cases, the most typical first.
        refusals: name of each refused case -> the text of its error.
    """

    by_case: Mapping[Case, FirstCall]
    refusals: Mapping[str, str]


def first_calls(component: ComponentUnderTest) -> FirstCalls:
    """The results of one call in each test case; computed once, since several laws use them."""
    return component.shared("first calls", lambda: _first_calls(component))


def accepted_cases(component: ComponentUnderTest) -> tuple[Case, ...]:
    """The cases that the component accepts, the most typical first."""
    return tuple(first_calls(component).by_case)


def home_case(component: ComponentUnderTest) -> Case:
    """The first case that the component accepts.

    Raises:
        ContractError: if it accepts no case.
    """
    accepted = accepted_cases(component)
    if not accepted:
        refusals = first_calls(component).refusals.items()
        why = "; ".join(f"{name}: {text}" for name, text in refusals)
        raise ContractError(f"it accepts no test case. {why}")
    return accepted[0]


def _first_calls(component: ComponentUnderTest) -> FirstCalls:
    by_case: dict[Case, FirstCall] = {}
    refusals: dict[str, str] = {}

    def accepts(case: Case, is_usual: bool) -> bool:
        try:
            harness = Harness(component, case)
            outputs = harness.numpy()
        except (ValueError, DataError) as refusal:
            if is_usual:  # those of rarer cases would say the same many times
                refusals[case.name] = without_styles(str(refusal))
            return False
        by_case[case] = FirstCall(outputs, harness.wrong_shape(outputs, harness.batch))
        return True

    for case in component.cases:
        accepts(case, is_usual=True)
    for form in forms_in_order(component.offer.component.for_data):
        if not any(each.data.form == form and not each.of_latents for each in by_case):
            any(accepts(case, is_usual=False) for case in rarer_cases(form))
    return FirstCalls(by_case, refusals)
