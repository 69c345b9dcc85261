import attrs
import numpy as np
import pytest

from tests.helpers.measured_runs import (
    BETTER,
    Quality,
    compared,
    run,
    verdicts_of,
)
from vaereg.comparison.comparison import VERDICTS, Answer, Difference
from vaereg.comparison.verdicts.vetoes import Defects


def test_copies_of_training_examples_veto_every_better():
    rng = np.random.default_rng(0)
    copying = attrs.evolve(BETTER, copies=0.12)
    found = compared([run(rng)], [run(rng, copying)])
    assert verdicts_of(found) == ["vetoed"] * 3
    assert "copy training examples" in found.verdicts[0].veto
    assert found.verdicts[0].veto in found.verdicts[0].sentence
    assert "would be better" in found.verdicts[2].sentence


def test_copies_do_not_turn_worse_into_anything_else():
    rng = np.random.default_rng(0)
    found = compared([run(rng, BETTER)], [run(rng, Quality(copies=0.2))])
    assert verdicts_of(found) == ["worse"] * 3
    assert all(each.veto == "" for each in found.verdicts)


def answer(verdict):
    score = Difference(name="a", question="true", direction=1, value_a=0, value_b=0, effect=0)
    return Answer(verdict=verdict, score=score, rope=0.1)


ALL = set(VERDICTS) - {"vetoed", "not measured"}


@pytest.mark.parametrize(
    ("defects", "changed", "into"),
    [
        (Defects(), set(), ""),
        (Defects(overlooked="dots"), ALL - {"worse", "exploratory"}, "vetoed"),
        (Defects(rewarded="copies"), {"better"}, "vetoed"),
        (Defects(relieved="fewer dots"), {"undecided", "equivalent"}, "better"),
        (
            Defects(overlooked="dots", relieved="no copies"),
            ALL - {"worse", "exploratory"},
            "vetoed",
        ),
    ],
)
def test_a_defect_changes_only_the_verdicts_that_it_stands_against(defects, changed, into):
    for verdict in ALL:
        found = defects.ruling(verdict, [answer("undecided")], may_decide=True)
        assert found.verdict == (into if verdict in changed else verdict)
        assert bool(found.veto) == (verdict in changed and into == "vetoed")


@pytest.mark.parametrize(("answers", "may_decide"), [(["worse"], True), (["undecided"], False)])
def test_the_end_of_a_defect_does_not_outweigh_a_worse_score_or_a_lack_of_space(
    answers, may_decide
):
    found = Defects(relieved="fewer dots").ruling(
        "undecided", [answer(each) for each in answers], may_decide=may_decide
    )

    assert found.verdict == "undecided"
    assert not found.relief
