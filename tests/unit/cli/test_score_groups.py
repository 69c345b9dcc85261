import pytest

from tests.helpers.evaluations import make_score
from vaereg.cli.score_groups import folded_text, scores_of, twins_of
from vaereg.comparison.headline_scores import GUARDS, PRIMARY

DECIDING = f"{PRIMARY['true']}_eyes"
GUARD = next(iter(GUARDS["true"]))


def score(name, question="true", extractor=""):
    return make_score(name, 1.0, question=question, extractor=extractor)


SCORES = [
    score("precision_eyes", extractor="eyes"),
    score(GUARD),
    score(f"{PRIMARY['true']}_reconstructed_eyes", extractor="eyes"),
    score(DECIDING, extractor="eyes"),
    score("elbo", "health"),
    score("psnr", "health"),
]


def names(found):
    return [each.name for each in found]


@pytest.mark.parametrize("everything", [False, True])
def test_scores_that_decide_come_first_and_others_on_demand(everything):
    found = scores_of("true", SCORES, [DECIDING], everything=everything)

    assert names(found) == [DECIDING, GUARD, *["precision_eyes"] * everything]


def test_a_question_that_no_score_decides_is_shown_in_full():
    assert names(scores_of("health", SCORES, [], everything=False)) == ["elbo", "psnr"]
    undecided = names(scores_of("true", SCORES, [], everything=False))
    assert undecided == [GUARD, "precision_eyes", DECIDING]
    odd = [score("sharper", "sharp")]
    assert names(scores_of("sharp", odd, ["spectrum_distance"], everything=False)) == ["sharper"]


def test_scores_of_reconstructions_are_a_group_of_their_own():
    assert names(twins_of(SCORES)) == [f"{PRIMARY['true']}_reconstructed_eyes"]


def test_what_is_not_shown_is_named():
    told = folded_text(SCORES, {DECIDING, GUARD, "elbo", "psnr"})

    assert told == "--all shows 2 further scores: precision, 1 of reconstructions."
    assert folded_text(SCORES, set(names(SCORES))) == ""
