"""The kit tells components the conditions that they ask for, and finds faults of those that do."""

import pytest

import vaereg
from tests.helpers.broken_law import broken
from tests.helpers.made_component import slow_if_it_trains, under_test
from tests.kit.faulty_conditions import CONDITIONAL, SOUND_CONDITIONAL
from vaereg.testing import LAWS, checks_for

BY_ID = {law.id: law for law in LAWS}


OFTEN = ("encoder", "decoder", "posterior", "sampler")
"""The kinds whose sound component is tried on every law in the fast tests too."""


def marks(kind, law):
    concerns = "condition" in law.id or law.id in {each[0] for each in CONDITIONAL}
    if kind not in OFTEN and not concerns:
        return (pytest.mark.slow,)
    return slow_if_it_trains(law)


def told(kind, name, given=("label",)):
    asked = () if kind == "dataset" else given  # it gives conditions, and is told none
    return under_test(kind, f"faulty_conditions:{name}", given=asked)


@pytest.mark.parametrize(("law_id", "kind", "name", "found"), CONDITIONAL)
def test_a_fault_with_conditions_is_caught(law_id, kind, name, found):
    with broken(found) as caught:
        BY_ID[law_id](told(kind, name))
    assert f"`{law_id}`" in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "name", "law"),
    [
        pytest.param(kind, name, law, id=f"{kind}-{law.id}", marks=marks(kind, law))
        for kind, name in SOUND_CONDITIONAL.items()
        for law in checks_for(told(kind, name).offer)
    ],
)
def test_a_sound_component_that_asks_keeps_the_law(kind, name, law):
    law(told(kind, name))


def test_each_condition_must_matter():
    with pytest.raises(vaereg.ContractError, match="no output changes with the condition 'size'"):
        BY_ID["what-is-asked-for-matters"](
            told("encoder", "AsksForTwoAndUsesOne", given=("label", "size"))
        )


@pytest.mark.parametrize("name", ["ComparesClassesOfABatch", "DrawsByItsConditions"])
def test_a_term_of_the_whole_batch_and_one_that_draws_keep_the_law(name):
    BY_ID["conditions-stay-with-their-examples"](told("regularizer", name))


def test_who_does_not_ask_is_not_told():
    faulty = under_test("regularizer", "faulty_conditions:ReadsWhatItDidNotAskFor")
    with pytest.raises(vaereg.ContractError, match="KeyError: 'label'"):
        BY_ID["takes-the-data-it-declares"](faulty)
    BY_ID["takes-the-data-it-declares"](told("regularizer", "ReadsWhatItDidNotAskFor"))
