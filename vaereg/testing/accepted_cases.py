"""Which test cases a component that computes with tensors accepts, found by calling it once."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import numpy as np

from vaereg.errors import ContractError, DataError
from vaereg.model.losses.granted_gaussian import is_raised_by_a_component
from vaereg.testing.cases import Case, forms_in_order, rarer_cases
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.harness import Harness
from vaereg.testing.stand_ins.told_part import with_conditions
from vaereg.testing.suitable.companions import CompanionRefuses
from vaereg.testing.suitable.named_shapes import cases_named_in, names_a_shape
from vaereg.testing.suitable.not_here import NotHere
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
        of_companions: form of data -> the refusal of a companion, if one refused data of that form.
        in_own_words: whether every refusal was raised by the code of the component itself, and
            names a number.
    """

    by_case: Mapping[Case, FirstCall]
    refusals: Mapping[str, str]
    of_companions: Mapping[str, str]
    in_own_words: bool


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
        NotHere: if none of those that were tried suits it, see `undecided`.
    """
    accepted = accepted_cases(component)
    if accepted:
        return accepted[0]
    reason = undecided(component)
    if reason:
        raise NotHere(reason)
    refusals = first_calls(component).refusals.items()
    why = "; ".join(f"{name}: {text}" for name, text in refusals)
    raise ContractError(f"it accepts no test case. {why}")


def undecided(component: ComponentUnderTest) -> str:
    """Why nothing can be said though all cases, or all of one form, are refused; else empty.

    It is so if a companion refuses a form, or if the component refuses everything in its own words,
    which name numbers: it may take sizes or latents that were not tried.
    """
    found = first_calls(component)
    taken = {case.data.form for case in found.by_case if not case.of_latents}
    for form in forms_in_order(component.offer.component.for_data):
        if form not in taken and form in found.of_companions:
            return f"undecided for {form} data: {found.of_companions[form]}"
    if found.by_case or not found.in_own_words:
        return ""
    name, text = next(iter(found.refusals.items()))
    return (
        "undecided: it refused every size of data and every latent that was tried, also those that "
        f"its refusals name; {text} ({name})"
    )


def _first_calls(component: ComponentUnderTest) -> FirstCalls:
    by_case: dict[Case, FirstCall] = {}
    refusals: dict[str, str] = {}
    of_companions: dict[str, str] = {}
    own_words: list[str] = []

    def accepts(case: Case, is_usual: bool) -> bool:
        try:
            harness = Harness(component, case)
            outputs = harness.numpy()
        except (ValueError, DataError) as refusal:
            text = without_styles(str(refusal))
            if isinstance(refusal, CompanionRefuses):
                of_companions.setdefault(case.data.form, text)
            if is_usual:  # those of rarer cases would say the same many times
                refusals[case.name] = text
                if is_raised_by_a_component(refusal) and names_a_shape(text):
                    own_words.append(text)
            return False
        by_case[case] = FirstCall(outputs, harness.wrong_shape(outputs, harness.batch))
        return True

    for case in component.cases:
        accepts(case, is_usual=True)
    for form in forms_in_order(component.offer.component.for_data):
        if not any(each.data.form == form and not each.of_latents for each in by_case):
            others = (*rarer_cases(form), *cases_named_in(own_words, form))
            any(accepts(with_conditions(case, component.conditions), False) for case in others)
    return FirstCalls(by_case, refusals, of_companions, len(own_words) == len(refusals))
