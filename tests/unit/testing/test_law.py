"""The laws that others depend on are checked first, and one cause is reported once."""

from __future__ import annotations

import pytest

import vaereg
from tests.helpers.made_component import under_test
from vaereg.testing import LAWS, Law, NotHere, checks_for, run_checks
from vaereg.testing.law import LAST

BY_ID = {law.id: law for law in LAWS}


def statuses(kind: str, factory: str) -> dict[str, list[str]]:
    """Status -> the laws that came to it."""
    made = under_test(kind, factory)
    found: dict[str, list[str]] = {}
    for outcome in run_checks(made, checks_for(made.offer)):
        found.setdefault(outcome.status, []).append(outcome.law.id)
    return found


CAUSES = [
    ("encoder", "faulty_layers:LosesTheBatchAxis", "shapes-are-those-of-the-contract"),
    ("encoder", "faulty_layers:NotThere", "factory-takes-params-and-context"),
    ("likelihood", "faulty_distributions:CountsInHalves", "channels-are-counted"),
    ("metric", "faulty_metrics:RefusesEverything", "measures-the-data-it-declares"),
    ("regularizer", "faulty_terms:Raises", "takes-the-data-it-declares"),
    ("sampler", "faulty_arrays:RaisesInFit", "samples-are-latents"),
]


@pytest.mark.parametrize(("kind", "factory", "culprit"), CAUSES)
def test_one_cause_breaks_one_law_and_the_rest_is_not_tried(
    kind: str, factory: str, culprit: str
) -> None:
    found = statuses(kind, factory)

    assert found["broken"] == [culprit]
    assert {BY_ID[law_id].level for law_id in found["skipped"]} == {"build", "law", "training"} - (
        {"training"} if kind == "metric" else set()
    )


def test_a_law_that_rests_on_a_broken_one_says_so() -> None:
    made = under_test("likelihood", "faulty_distributions:CountsInHalves")

    with pytest.raises(
        NotHere, match=r"because `channels-are-counted` is broken: channels.* is 0\.5"
    ):
        BY_ID["likelihood-is-normalised"](made)


def test_a_form_that_is_refused_stops_no_other_law() -> None:
    found = statuses("encoder", "faulty_layers:RefusesVectors")

    assert found["broken"] == ["takes-the-data-it-declares"]
    assert "skipped" not in found


def test_what_others_rest_on_is_tried_first() -> None:
    orders = [law.order for law in LAWS]

    assert orders == sorted(orders)
    for law in LAWS:
        assert (law.groundwork is None) == (law.order == LAST), law.id
        assert all(each.order < law.order for each in law.foundations), law.id


def test_a_foundation_is_tried_once_for_all_the_laws_that_rest_on_it() -> None:
    calls: list[str] = []
    deep = Law(
        id="deep",
        sentence="Deep.",
        kinds=frozenset({"encoder"}),
        check=lambda component: None,
        order=1,
        groundwork=lambda component: calls.append(component.kind),
    )
    upper = Law(
        id="upper",
        sentence="Upper.",
        kinds=frozenset({"encoder"}),
        check=lambda component: None,
        foundations=(deep,),
    )
    made = under_test("encoder", "faulty_layers:SoundEncoder")
    for _ in range(3):
        upper(made)

    assert calls == ["encoder"]


def test_an_exception_is_reported_with_its_line_its_case_and_what_to_do() -> None:
    with pytest.raises(vaereg.ContractError) as caught:
        BY_ID["takes-the-data-it-declares"](under_test("regularizer", "faulty_terms:Raises"))

    assert "found: TypeError: it does not like steps" in str(caught.value)
    assert "at tests/kit/faulty_terms.py:" in str(caught.value)
    assert ", 8x8 grey images" in str(caught.value)
    assert "help: Users rely on for_data" in str(caught.value)


def test_the_traceback_of_an_exception_is_kept() -> None:
    made = under_test("regularizer", "faulty_terms:Raises")
    (outcome,) = run_checks(made, [BY_ID["takes-the-data-it-declares"]])

    assert 'raise TypeError("it does not like steps")' in outcome.traceback
    assert outcome.as_dict()["traceback"] == outcome.traceback

    wrong = under_test("encoder", "faulty_layers:LosesTheBatchAxis")
    (outcome,) = run_checks(wrong, [BY_ID["shapes-are-those-of-the-contract"]])
    assert outcome.traceback == ""
