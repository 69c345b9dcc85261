import attrs
import pytest

from vaereg.comparison.comparison import VERDICTS, Answer, Difference
from vaereg.comparison.verdicts import sentence as of_answers

SCORE = Difference(
    name="hf_gap",
    question="sharp",
    direction=0,
    ideal=0.0,
    unit="dB",
    value_a=-6.0,
    value_b=-4.0,
    reference=0.1,
    effect=2.0,
    low=1.5,
    high=2.5,
    level=0.983,
    p=0.0625,
    by_seed=(1.5, 2.5),
)


def sentence(verdict, score, rope, labels, veto=""):
    """The sentence of a verdict that rests on one score."""
    answer = Answer(verdict="better" if verdict == "vetoed" else verdict, score=score, rope=rope)
    return of_answers.sentence(verdict, [answer], labels, veto=veto)


VALUES = "hf_gap -4.00 dB against -6.00 dB; real data 0.100 dB"
EFFECT = "+2.00 dB [+1.50, +2.50] at 98.3 %"


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        ("better", f"new is better than old: {VALUES} (improvement {EFFECT})."),
        ("worse", f"new is worse than old: {VALUES} (improvement {EFFECT})."),
        (
            "equivalent",
            f"old and new are equivalent: {VALUES}; the improvement, {EFFECT}, lies within "
            "±3.00 dB, a negligible difference.",
        ),
        (
            "undecided",
            f"inconclusive: {VALUES}; the improvement, {EFFECT}, is not clearly inside or outside "
            "±3.00 dB.",
        ),
        (
            "exploratory",
            f"too few seeds to decide (2 of at least 6): {VALUES}; 2 of 2 pairs agree, median "
            "improvement +2.00 dB, range +1.50 to +2.50.",
        ),
        (
            "vetoed",
            f"new would be better than old ({VALUES}; improvement {EFFECT}), "
            "but samples are copies.",
        ),
    ],
)  # fmt: skip
def test_each_verdict_has_its_sentence(verdict, told):
    assert sentence(verdict, SCORE, 3.0, ("old", "new"), "samples are copies") == told
    assert verdict in VERDICTS


def test_a_clear_interval_that_the_sign_flip_test_does_not_confirm_is_explained():
    assert sentence("undecided", SCORE, 0.3, ("old", "new")) == (
        f"inconclusive: {VALUES}; the improvement, {EFFECT}, is clear, but the exact sign-flip "
        "test does not confirm it (p = 0.062)."
    )


def test_shares_are_compared_in_points():
    share = attrs.evolve(SCORE, unit="", share=True, value_a=0.4, value_b=0.5, reference=None)
    found = sentence("equivalent", attrs.evolve(share, effect=0.1, low=0.09, high=0.11), 0.2, "ab")
    assert "hf_gap 50.0 % against 40.0 %;" in found
    assert "+10.0 points [+9.0, +11.0]" in found
    assert "within ±20.0 points" in found


def test_effects_of_single_seeds_are_needed_for_an_exploratory_sentence_only():
    one_pair = attrs.evolve(SCORE, by_seed=())
    assert sentence("better", one_pair, 3.0, ("old", "new")).startswith("new is better")
