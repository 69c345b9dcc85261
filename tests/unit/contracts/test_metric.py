"""The declaration of a score."""

from __future__ import annotations

import pytest

from vaereg.contracts.metric import QUESTIONS, ScoreInfo


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_question_may_be_answered(question):
    assert ScoreInfo(question=question, direction=1, meaning="A share.").question == question


def test_another_question_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="one of sharp, varied, true, health; got 'pretty'"):
        ScoreInfo(question="pretty", direction=1, meaning="A share.")


def test_another_direction_is_refused():
    with pytest.raises(ValueError, match="direction"):
        ScoreInfo(question="sharp", direction=2, meaning="A share.")
