import attrs
import numpy as np
import pytest

from tests.helpers.measured_runs import (
    BETTER,
    FEATURES,
    SHARP,
    TEXTURE,
    Quality,
    compared,
    compared_methods,
    run,
    verdicts_of,
    with_facts,
    with_score,
)
from vaereg.comparison.headline_scores import NEEDS
from vaereg.comparison.verdicts.verdicts import combine
from vaereg.evaluation.evaluation import Extractor

COVERAGE, RECALL = f"coverage_{FEATURES}", f"recall_{FEATURES}"

WITNESS = "local_texture"
WORSE = Quality(coverage=0.2, kernel=0.15)


@pytest.mark.parametrize("seeds", [1, 6])
def test_equal_models_are_never_better_or_worse_in_more_than_5_of_100(seeds):
    rng = np.random.default_rng(7)
    wrong = 0
    for _ in range(100):
        found = verdicts_of(compared_methods(rng, Quality(), Quality(), seeds, spread=seeds > 1))
        wrong += bool({"better", "worse"} & set(found))
    assert wrong <= 5


@pytest.mark.parametrize("seeds", [1, 6])
def test_the_decision_keeps_its_error_rate_if_nothing_is_equivalent(seeds, monkeypatch):
    # The region of practical equivalence would hide many errors of the intervals.
    monkeypatch.setattr("vaereg.comparison.verdicts.verdicts.rope_of", lambda effect: 0.0)
    rng = np.random.default_rng(8)
    wrong = 0
    for _ in range(200):
        found = verdicts_of(compared_methods(rng, Quality(), Quality(), seeds, spread=seeds > 1))
        wrong += bool({"better", "worse"} & set(found))
    assert wrong / 200 <= 0.085  # 0.05 + 2.3 sd of 200 trials


@pytest.mark.parametrize("seeds", [1, 6])
def test_a_clear_effect_is_found_in_both_directions(seeds):
    rng = np.random.default_rng(0)
    there = compared_methods(rng, Quality(), BETTER, seeds)
    back = compared_methods(rng, BETTER, Quality(), seeds)
    assert verdicts_of(there) == ["better"] * 3
    assert verdicts_of(back) == ["worse"] * 3
    assert all(each.score.effect > 0 for found in there.verdicts for each in found.answers)
    assert [len(each.answers) for each in there.verdicts] == [1, 2, 2]
    assert there.design == ("one_pair" if seeds == 1 else "paired_seeds")


def test_each_question_is_answered_by_itself():
    rng = np.random.default_rng(0)
    found = compared([run(rng)], [run(rng, Quality(gap=-2.0, kernel=0.15))])
    assert verdicts_of(found)[0::2] == ["better", "worse"]
    assert [each.question for each in found.verdicts] == ["sharp", "varied", "true"]


def test_narrow_intervals_around_zero_are_equivalent():
    rng = np.random.default_rng(0)
    far = Quality(gap=-20.0, kernel=1.0, coverage=0.1)
    found = compared_methods(rng, far, far, 12, spread=0.1)
    assert verdicts_of(found) == ["equivalent"] * 3
    for each in (answer for verdict in found.verdicts for answer in verdict.answers):
        assert -each.rope < each.score.low < each.score.high < each.rope
    assert verdicts_of(compared([run(rng, far)], [run(rng, far)]))[0::2] == ["equivalent"] * 2


def test_the_same_samples_are_never_better_or_worse_than_themselves():
    same = run(np.random.default_rng(0))
    assert set(verdicts_of(compared([same], [same]))) <= {"equivalent", "undecided"}
    assert verdicts_of(compared([same] * 6, [same] * 6)) == ["equivalent"] * 3


@pytest.mark.parametrize("seeds", [2, 3, 5])
def test_fewer_than_six_seeds_decide_nothing_however_large_the_effect(seeds):
    found = compared_methods(np.random.default_rng(0), Quality(), BETTER, seeds, spread=0.01)
    assert verdicts_of(found) == ["exploratory"] * 3
    assert f"too few seeds to decide ({seeds} of at least 6)" in found.verdicts[0].sentence


def test_an_effect_of_one_seed_of_six_is_not_enough():
    rng = np.random.default_rng(0)
    a = [run(rng, Quality(gap=-6.0)) for _ in range(6)]
    b = [run(rng, Quality(gap=gap)) for gap in (-1, -5.5, -6.4, -5.5, -5.5, -5.5)]
    found = compared(a, b).verdicts[0]
    assert found.verdict == "undecided"
    assert "is not clearly inside or outside ±" in found.sentence


def test_an_interval_alone_is_not_enough_against_the_sign_flip_test(monkeypatch):
    monkeypatch.setattr(
        "vaereg.comparison.statistics.method_effect.sign_flip", lambda effects: 0.0625
    )
    found = compared_methods(np.random.default_rng(0), Quality(), BETTER).verdicts[0]
    assert found.answers[0].score.low > found.answers[0].rope
    assert found.verdict == "undecided"
    assert (
        "is clear, but the exact sign-flip test does not confirm it (p = 0.062)" in found.sentence
    )


def test_ten_seeds_give_the_probability_that_a_training_is_better():
    found = compared_methods(np.random.default_rng(0), Quality(), BETTER, 10)
    (answer,) = found.verdicts[0].answers
    assert answer.probability_better == 1.0
    effects = sorted(answer.score.by_seed)
    assert answer.interquartile_mean == pytest.approx(np.mean(effects[2:8]))
    fewer = compared_methods(np.random.default_rng(0), Quality(), BETTER, 9)
    assert fewer.verdicts[0].answers[0].probability_better is None


def test_the_region_of_equivalence_is_5_percent_of_the_way_to_real_data():
    found = compared([run(np.random.default_rng(0))], [run(np.random.default_rng(1))])
    sharp, varied, _ = [each.answers[0] for each in found.verdicts]
    assert sharp.rope == pytest.approx(0.05 * abs(sharp.score.value_a))
    assert varied.rope == pytest.approx(0.05 * (0.965 - varied.score.value_a))


def test_at_the_reference_the_rope_is_the_uncertainty_of_the_reference():
    good = Quality(gap=0.0)
    found = compared([run(np.random.default_rng(0), good)], [run(np.random.default_rng(1), good)])
    assert found.verdicts[0].answers[0].rope == pytest.approx(0.1)


def test_without_images_sharpness_is_not_measured():
    def blind(measured):
        scores = {n: s for n, s in measured.evaluation.scores.items() if n != SHARP}
        return with_facts(measured, scores=scores)

    rng = np.random.default_rng(0)
    found = compared([blind(run(rng))], [blind(run(rng, BETTER))])
    assert verdicts_of(found) == ["not measured", "better", "better"]
    assert found.verdicts[0].sentence == f"not measured: {SHARP} needs {NEEDS[SHARP]}"
    assert found.verdicts[1].answers[0].score.level == pytest.approx(1 - 0.05 / 2)


def test_without_a_reference_there_is_no_scale_for_a_verdict():
    rng = np.random.default_rng(0)
    without = with_score(run(rng), COVERAGE, reference=None)
    found = compared([without], [run(rng, BETTER)]).verdicts[1]
    assert found.verdict == "undecided"  # the other space alone does not decide
    assert found.sentence.startswith(f"inconclusive, since {COVERAGE} has no reference: better: ")
    neither = with_score(without, f"coverage_{TEXTURE}", reference=None)
    found = compared([neither], [run(rng, BETTER)]).verdicts[1]
    assert found.sentence == (
        f"not measured: {COVERAGE} has no reference; coverage_{TEXTURE} has no reference"
    )


ANSWERS = ("better", "worse", "equivalent", "undecided")


@pytest.mark.parametrize("first", ANSWERS)
@pytest.mark.parametrize("second", ANSWERS)
def test_two_answers_are_one_verdict_only_if_they_agree(first, second):
    found = combine([first, second])
    assert found == combine([second, first])
    if first == second:
        assert found == first
    else:
        assert found == ("undecided" if "undecided" in {first, second} else "contested")


@pytest.mark.parametrize(
    ("there", "verdict"),
    [
        (BETTER, "better"),
        (Quality(coverage=0.2, kernel=0.15), "contested"),
        (Quality(), "undecided"),
    ],
)
@pytest.mark.parametrize("seeds", [1, 6])
def test_better_in_one_space_is_better_only_if_the_other_agrees(there, verdict, seeds):
    rng = np.random.default_rng(3)
    found = compared_methods(rng, Quality(), attrs.evolve(BETTER, elsewhere=there), seeds)
    assert [each.verdict for each in found.verdicts[1:]] == [verdict] * 2
    for each in found.verdicts[1:]:
        assert [answer.space for answer in each.answers] == [FEATURES, TEXTURE]
        assert each.answers[0].verdict == "better"
        assert all(answer.score.name in each.sentence for answer in each.answers)


def test_a_contested_verdict_says_what_each_space_says():
    rng = np.random.default_rng(3)
    b = attrs.evolve(BETTER, elsewhere=Quality(coverage=0.2, kernel=0.15))
    found = compared([run(rng)], [run(rng, b)]).verdicts[1].sentence
    assert found.startswith(
        "the feature spaces disagree, so this is no success: better: coverage_classifier "
    )
    assert "; worse: coverage_efficientnet_lite0 " in found


def test_the_confidence_is_adjusted_over_the_questions_in_each_space():
    def only(measured, *names):
        kept = {n: s for n, s in measured.evaluation.scores.items() if n in names}
        return with_facts(measured, scores=kept)

    rng = np.random.default_rng(0)
    names = (SHARP, COVERAGE, f"kernel_distance_{FEATURES}", f"coverage_{TEXTURE}")
    a, b = (only(run(rng), *names) for _ in range(2))
    sharp, varied, true = compared([a], [b]).verdicts
    assert sharp.answers[0].score.level == pytest.approx(1 - 0.05 / 3)
    assert varied.answers[0].score.level == pytest.approx(1 - 0.05 / 3)
    assert varied.answers[1].score.level == pytest.approx(1 - 0.05 / 2)
    assert [each.space for each in true.answers] == [FEATURES]


def with_witness(measured, of):
    """The run with a third space, whose scores are those of another run's second space."""
    scores, influences = dict(measured.evaluation.scores), dict(measured.influences)
    for base in ("coverage", "kernel_distance"):
        name, there = f"{base}_{WITNESS}", f"{base}_{TEXTURE}"
        scores[name] = attrs.evolve(of.evaluation.scores[there], name=name, extractor=WITNESS)
        influences[name] = of.influences[there]
    extractor = Extractor(component=f"vaereg/{WITNESS}", identity="loc123")
    extractors = {**measured.evaluation.extractors, WITNESS: extractor}
    told = with_facts(measured, scores=scores, extractors=extractors)
    return attrs.evolve(told, influences=influences)


@pytest.mark.parametrize(
    ("deciding", "witness", "verdict"),
    [
        (Quality(), WORSE, "worse"),
        (BETTER, WORSE, "contested"),
        (WORSE, BETTER, "worse"),
        (Quality(), BETTER, "undecided"),
        (BETTER, Quality(), "better"),
    ],
)
def test_a_witness_may_say_worse_and_decides_nothing_else(deciding, witness, verdict):
    rng = np.random.default_rng(3)
    a = with_witness(run(rng), run(rng))
    b = with_witness(run(rng, deciding), run(rng, witness))

    for each in compared([a], [b]).verdicts[1:]:
        assert each.verdict == verdict
        speaks = witness is WORSE
        assert [answer.space for answer in each.answers][2:] == [WITNESS] * speaks
        assert (WITNESS in each.sentence) == speaks


@pytest.mark.parametrize("space", ["first", "second"])
def test_a_defect_that_one_space_sees_is_worse_if_the_other_is_undecided(space):
    rng = np.random.default_rng(3)
    plain, worse = Quality(), WORSE
    b = (
        attrs.evolve(worse, elsewhere=plain)
        if space == "first"
        else attrs.evolve(plain, elsewhere=worse)
    )
    verdicts = compared([run(rng)], [run(rng, b)]).verdicts[1:]

    assert [each.verdict for each in verdicts] == ["worse"] * 2
    assert "new is worse than old in one feature space and better in none" in verdicts[0].sentence
    back = compared([run(rng, b)], [run(rng)]).verdicts[1:]
    assert [each.verdict for each in back] == ["undecided"] * 2
    assert FEATURES in back[0].sentence
