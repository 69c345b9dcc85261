"""Which test cases a component that computes with tensors accepts, found by calling it once."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import numpy as np

from vaereg.errors import ContractError, DataError
from vaereg.testing.cases import Case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.harness import Harness


@attrs.frozen
class FirstCall:
    """What one call outside training gave in a test case.

    Args:
        outputs: by name, as arrays.
        wrong_shape: which of them has another shape than it must have, or "".
    """

    outputs: Mapping[str, np.ndarray]
    wrong_shape: str


@attrs.frozen
class FirstCalls:
    """What came of one call outside training in each test case.

    Args:
        by_case: the cases that were accepted, the most usual first.
        refusals: by the name of a case, the text of the error that refused it.
    """

    by_case: Mapping[Case, FirstCall]
    refusals: Mapping[str, str]


def first_calls(component: ComponentUnderTest) -> FirstCalls:
    """What one call gives in each test case; computed once, since several laws ask for it."""
    return component.shared("first calls", lambda: _first_calls(component))


def accepted_cases(component: ComponentUnderTest) -> tuple[Case, ...]:
    """The cases that it accepts, the most usual first."""
    return tuple(first_calls(component).by_case)


def home_case(component: ComponentUnderTest) -> Case:
    """The first case that it accepts.

    Raises:
        ContractError: if it accepts none.
    """
    accepted = accepted_cases(component)
    if not accepted:
        refusals = first_calls(component).refusals.items()
        why = "; ".join(f"{name}: {text}" for name, text in refusals)
        raise ContractError(f"it accepts no test case. {why}")
    return accepted[0]


def _first_calls(component: ComponentUnderTest) -> FirstCalls:
    by_case, refusals = {}, {}
    for case in component.cases:
        try:
            harness = Harness(component, case)
            outputs = harness.numpy()
        except (ValueError, DataError) as refusal:
            refusals[case.name] = str(refusal)
            continue
        by_case[case] = FirstCall(outputs, harness.wrong_shape(outputs, harness.batch))
    return FirstCalls(by_case, refusals)
