"""The kit catches faults that are hidden at the initial weights and show once they have moved."""

from __future__ import annotations

import pytest

import vaereg
from tests.helpers.made_component import under_test
from vaereg.testing import LAWS, Law, checks_for
from vaereg.testing.moved_weights import MOVED

BY_ID = {law.id: law for law in LAWS}

ONCE_MOVED = [
    # law, kind, a component that is sound at its initial weights, the text of the fault to find
    ("density-integrates-to-1", "prior", "TurnsTheSign", r"it integrates to 1\.\d+"),
    ("draws-follow-the-density", "prior", "UndoesInTheWrongOrder", "mean of z"),
    ("kl-is-what-samples-say", "prior", "ForgetsWhereItIs", "against kl"),
    ("compiled-equals-eager", "encoder", "CountsBehindTheGate", "compiled outputs"),
    ("mixed-float16-is-finite", "encoder", "OverflowsOnceMoved", "mixed_float16"),
    ("mixed-bfloat16-is-finite", "encoder", "VanishesOnceMoved", "mixed_bfloat16"),
    ("examples-are-independent", "encoder", "SeesTheBatchBehindTheGate", "with its batch"),
    ("log-q-is-the-density-of-z", "posterior", "ForgetsItsScale", r"h\(z\) / q\(z\)"),
    ("likelihood-is-normalised", "likelihood", "ScalesWithoutAConstant", r"integrates to \d"),
    ("mean-is-the-expectation", "likelihood", "DrawsElsewhere", "the mean of draws differ"),
]


@pytest.mark.parametrize(("law_id", "kind", "factory", "found"), ONCE_MOVED)
def test_a_fault_that_shows_once_weights_have_moved_is_caught(
    law_id: str, kind: str, factory: str, found: str
) -> None:
    with pytest.raises(vaereg.ContractError, match=found) as caught:
        BY_ID[law_id](under_test(kind, f"faulty_once_moved:{factory}"))
    assert MOVED in str(caught.value)


def test_a_term_with_weights_may_draw_from_the_seed_of_the_step() -> None:
    """Both calls of the compiled function draw what an eager step draws."""
    BY_ID["compiled-equals-eager"](under_test("regularizer", "faulty_once_moved:SoundDraws"))


def test_what_is_not_among_the_weights_is_caught_though_nothing_shows_it_at_first() -> None:
    with pytest.raises(vaereg.ContractError, match="sample differs by"):
        BY_ID["weights-restore"](under_test("prior", "faulty_once_moved:HidesItsSteepness"))


def test_a_weight_of_a_prior_that_nothing_trains_is_caught() -> None:
    with pytest.raises(vaereg.ContractError, match="no gradient reaches prior/scale"):
        BY_ID["a-gradient-reaches-every-weight"](
            under_test("prior", "faulty_once_moved:TrainsNothing")
        )


SOUND_ONCE_MOVED = {
    "prior": "SoundFlow",
    "encoder": "GatedEncoder",
    "likelihood": "LearnsABias",
}
"""The sound components to which these faults were added."""


@pytest.mark.parametrize(
    ("kind", "law"),
    [
        pytest.param(kind, law, id=f"{kind}-{law.id}")
        for kind, factory in SOUND_ONCE_MOVED.items()
        for law in checks_for(under_test(kind, f"faulty_once_moved:{factory}").offer)
        if law.id in {law_id for law_id, *_ in ONCE_MOVED} | {"weights-restore"}
    ],
)
def test_a_sound_component_keeps_it_once_moved(kind: str, law: Law) -> None:
    law(under_test(kind, f"faulty_once_moved:{SOUND_ONCE_MOVED[kind]}"))
