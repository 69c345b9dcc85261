"""Which test cases a component that computes with tensors accepts, found by calling it once."""

from __future__ import annotations

from vaereg.errors import ContractError, DataError
from vaereg.testing.cases import Case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.harness import Harness


def refusals(component: ComponentUnderTest) -> dict[str, str]:
    """The reasons of the refused cases, by name: the text of each error."""
    return component.shared("refusals", lambda: _refusals(component))


def accepted_cases(component: ComponentUnderTest) -> tuple[Case, ...]:
    """The cases that it accepts, the most usual first."""
    refused = refusals(component)
    return tuple(each for each in component.cases if each.name not in refused)


def home_case(component: ComponentUnderTest) -> Case:
    """The first case that it accepts.

    Raises:
        ContractError: if it accepts none.
    """
    accepted = accepted_cases(component)
    if not accepted:
        why = "; ".join(f"{name}: {text}" for name, text in refusals(component).items())
        raise ContractError(f"it accepts no test case. {why}")
    return accepted[0]


def _refusals(component: ComponentUnderTest) -> dict[str, str]:
    found = {}
    for case in component.cases:
        try:
            Harness(component, case).outputs()
        except (ValueError, DataError) as refusal:
            found[case.name] = str(refusal)
    return found
