import json

import attrs
import numpy as np
import pytest

from tests.unit.comparison.made_up_runs import FEATURES, Quality, pairing, run, score, trained
from vaereg.comparison.compare_runs import compare_measured
from vaereg.comparison.measured_run import Influences
from vaereg.errors import RunError
from vaereg.evaluation.evaluation import Extractor

COVERAGE, RECALL = f"coverage_{FEATURES}", f"recall_{FEATURES}"

BETTER = Quality(gap=-3.0, coverage=0.6, kernel=0.02)


def compared(a, b, **fields):
    return compare_measured(pairing(len(a), **fields), a, b)


def told(comparison):
    return [each.verdict for each in comparison.verdicts]


def methods(rng, quality_a, quality_b, seeds=6, spread=1.0):
    return compared(
        [trained(rng, quality_a, spread) for _ in range(seeds)],
        [trained(rng, quality_b, spread) for _ in range(seeds)],
    )


def rewritten(measured, name, **fields):
    """The run with other fields of one score."""
    scores = dict(measured.evaluation.scores)
    scores[name] = attrs.evolve(scores[name], **fields)
    return attrs.evolve(measured, evaluation=attrs.evolve(measured.evaluation, scores=scores))


def described(measured, **fields):
    """The run with other facts of its evaluation."""
    return attrs.evolve(measured, evaluation=attrs.evolve(measured.evaluation, **fields))


@pytest.mark.parametrize("seeds", [1, 6])
def test_equal_models_are_never_better_or_worse_in_more_than_5_of_100(seeds):
    rng = np.random.default_rng(7)
    wrong = 0
    for _ in range(100):
        found = told(methods(rng, Quality(), Quality(), seeds, spread=seeds > 1))
        wrong += bool({"better", "worse"} & set(found))
    assert wrong <= 5


@pytest.mark.parametrize("seeds", [1, 6])
def test_the_decision_holds_its_error_rate_where_nothing_is_equivalent(seeds, monkeypatch):
    # The region of practical equivalence forgives much; without it the intervals are on their own.
    monkeypatch.setattr("vaereg.comparison.verdicts.verdicts.rope_of", lambda effect: 0.0)
    rng = np.random.default_rng(8)
    wrong = 0
    for _ in range(200):
        found = told(methods(rng, Quality(), Quality(), seeds, spread=seeds > 1))
        wrong += bool({"better", "worse"} & set(found))
    assert wrong / 200 <= 0.085  # 0.05 + 2.3 sd of 200 trials


@pytest.mark.parametrize("seeds", [1, 6])
def test_a_clear_effect_is_found_in_both_directions(seeds):
    rng = np.random.default_rng(0)
    there = methods(rng, Quality(), BETTER, seeds)
    back = methods(rng, BETTER, Quality(), seeds)
    assert told(there) == ["better"] * 3
    assert told(back) == ["worse"] * 3
    assert [each.score.effect > 0 for each in there.verdicts] == [True] * 3
    assert there.design == ("one_pair" if seeds == 1 else "paired_seeds")


def test_each_question_is_answered_by_itself():
    rng = np.random.default_rng(0)
    found = compared([run(rng)], [run(rng, Quality(gap=-2.0, kernel=0.15))])
    assert told(found)[0::2] == ["better", "worse"]
    assert [each.question for each in found.verdicts] == ["sharp", "varied", "true"]


def test_narrow_intervals_about_nothing_are_equivalent():
    rng = np.random.default_rng(0)
    far = Quality(gap=-20.0, kernel=1.0)
    found = methods(rng, far, far, 12, spread=0.1)
    assert told(found) == ["equivalent"] * 3
    assert all(-each.rope < each.score.low < each.score.high < each.rope for each in found.verdicts)
    assert told(compared([run(rng, far)], [run(rng, far)]))[0::2] == ["equivalent"] * 2


def test_the_same_samples_are_never_better_or_worse_than_themselves():
    same = run(np.random.default_rng(0))
    assert set(told(compared([same], [same]))) <= {"equivalent", "undecided"}
    assert told(compared([same] * 6, [same] * 6)) == ["equivalent"] * 3


@pytest.mark.parametrize("seeds", [2, 3, 5])
def test_fewer_than_six_seeds_decide_nothing_however_large_the_effect(seeds):
    found = methods(np.random.default_rng(0), Quality(), BETTER, seeds, spread=0.01)
    assert told(found) == ["exploratory"] * 3
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
    found = methods(np.random.default_rng(0), Quality(), BETTER).verdicts[0]
    assert found.score.low > found.rope
    assert found.verdict == "undecided"
    assert (
        "is clear, but the exact sign-flip test does not confirm it (p = 0.062)" in found.sentence
    )


def test_ten_seeds_give_the_probability_that_a_training_is_better():
    found = methods(np.random.default_rng(0), Quality(), BETTER, 10)
    assert found.verdicts[0].probability_better == 1.0
    effects = sorted(found.verdicts[0].score.by_seed)
    assert found.verdicts[0].interquartile_mean == pytest.approx(np.mean(effects[2:8]))
    fewer = methods(np.random.default_rng(0), Quality(), BETTER, 9)
    assert fewer.verdicts[0].probability_better is None


def test_the_region_of_equivalence_is_5_percent_of_the_way_to_real_data():
    found = compared([run(np.random.default_rng(0))], [run(np.random.default_rng(1))])
    sharp, varied, _ = found.verdicts
    assert sharp.rope == pytest.approx(0.05 * abs(sharp.score.value_a))
    assert varied.rope == pytest.approx(0.05 * (0.965 - varied.score.value_a))


def test_at_the_reference_the_rope_is_the_uncertainty_of_the_reference():
    good = Quality(gap=0.0)
    found = compared([run(np.random.default_rng(0), good)], [run(np.random.default_rng(1), good)])
    assert found.verdicts[0].rope == pytest.approx(0.1)


def test_copies_of_training_examples_veto_every_better():
    rng = np.random.default_rng(0)
    copying = attrs.evolve(BETTER, copies=0.12)
    found = compared([run(rng)], [run(rng, copying)])
    assert told(found) == ["vetoed"] * 3
    assert "copy training examples" in found.verdicts[0].veto
    assert found.verdicts[0].veto in found.verdicts[0].sentence
    assert "would be better" in found.verdicts[2].sentence


def with_pixel_copies(measured, share):
    """The same run with a copy rate in pixels beside that in features."""
    name = f"copy_rate_{FEATURES}"
    score = measured.evaluation.scores[name]
    count = round(share * score.sample_size)
    other = attrs.evolve(
        score, name="copy_rate_pixels", extractor="", value=share, low=share, high=share
    )
    measured = described(measured, scores={**measured.evaluation.scores, other.name: other})
    hits = np.repeat([1.0, 0.0], [count, score.sample_size - count])
    return attrs.evolve(
        measured, influences={**measured.influences, other.name: Influences(generated=hits)}
    )


def test_copies_are_searched_for_in_pixels_too():
    rng = np.random.default_rng(0)
    copying = run(rng, attrs.evolve(BETTER, copies=0.12))
    found = compared([with_pixel_copies(run(rng), 0.0)], [with_pixel_copies(copying, 0.2)])
    assert told(found) == ["vetoed"] * 3
    assert "20.0 % by copy_rate_pixels" in found.verdicts[0].veto


def test_samples_near_training_examples_by_one_measure_alone_are_a_note():
    rng = np.random.default_rng(0)
    smooth = run(rng, attrs.evolve(BETTER, copies=0.12))
    found = compared([with_pixel_copies(run(rng), 0.0)], [with_pixel_copies(smooth, 0.01)])
    assert told(found) == ["better"] * 3
    assert any("not by every measure of copies" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("copies_a", "copies_b"),
    [(0.01, 0.03), (0.30, 0.12)],  # not clearly above the reference; fewer than before
)
def test_few_copies_or_fewer_than_before_veto_nothing(copies_a, copies_b):
    rng = np.random.default_rng(0)
    a = run(rng, Quality(copies=copies_a))
    assert told(compared([a], [run(rng, attrs.evolve(BETTER, copies=copies_b))])) == ["better"] * 3


def test_copies_do_not_turn_worse_into_anything_else():
    rng = np.random.default_rng(0)
    found = compared([run(rng, BETTER)], [run(rng, Quality(copies=0.2))])
    assert told(found) == ["worse"] * 3
    assert all(each.veto == "" for each in found.verdicts)


def test_recall_that_falls_vetoes_sharper_and_truer():
    rng = np.random.default_rng(0)
    narrower = attrs.evolve(BETTER, coverage=0.4, recall=0.25)
    found = compared([run(rng)], [run(rng, narrower)])
    assert told(found)[0::2] == ["vetoed", "vetoed"]
    assert "recall has fallen" in found.verdicts[0].veto


def test_recall_that_falls_while_coverage_rises_is_a_note_only():
    rng = np.random.default_rng(0)
    found = compared([run(rng)], [run(rng, attrs.evolve(BETTER, recall=0.3))])
    assert told(found) == ["better"] * 3
    assert any("while coverage has risen" in warning for warning in found.warnings)


def test_without_images_sharpness_is_not_measured():
    def blind(measured):
        scores = {n: s for n, s in measured.evaluation.scores.items() if n != "hf_gap"}
        return described(measured, scores=scores)

    rng = np.random.default_rng(0)
    found = compared([blind(run(rng))], [blind(run(rng, BETTER))])
    assert told(found) == ["not measured", "better", "better"]
    assert found.verdicts[0].sentence == "not measured: hf_gap was not measured"
    assert found.verdicts[1].score.level == pytest.approx(1 - 0.05 / 2)


def test_without_a_reference_there_is_no_scale_for_a_verdict():
    rng = np.random.default_rng(0)
    found = compared([rewritten(run(rng), COVERAGE, reference=None)], [run(rng, BETTER)])
    assert found.verdicts[1].sentence == f"not measured: {COVERAGE} has no reference"


def test_all_scores_are_compared_at_95_percent():
    rng = np.random.default_rng(0)
    found = compared([run(rng)], [run(rng, BETTER)])
    assert [each.name for each in found.scores] == list(run(rng).scores)
    recall = next(each for each in found.scores if each.name == RECALL)
    assert recall.level == 0.95
    assert recall.low < recall.effect < recall.high


def test_a_score_of_one_name_from_two_plugins_is_not_compared():
    rng = np.random.default_rng(0)
    found = compared([run(rng)], [rewritten(run(rng), RECALL, metric="other/recall")])
    assert RECALL not in {each.name for each in found.scores}


def test_bounds_of_other_likelihoods_are_left_out():
    def with_bound(measured):
        scores = {**measured.evaluation.scores, "elbo": score("elbo", -90.0, direction=1)}
        return described(measured, scores=scores)

    a, b = (with_bound(run(np.random.default_rng(seed))) for seed in (0, 1))
    everything = {each.name for each in compare_measured(pairing(), [a], [b]).scores}
    fewer = compare_measured(pairing(), [a], [b], without=("elbo",))
    assert everything - {each.name for each in fewer.scores} == {"elbo"}


def test_the_procedure_is_described_for_each_design():
    rng = np.random.default_rng(0)
    assert "Are these trained weights better?" in compared([run(rng)], [run(rng)]).procedure
    method = methods(rng, Quality(), Quality()).procedure
    assert "Is the method better? 6 training seeds" in method
    assert "sign-flip" in method


def test_the_json_form_holds_no_nan():
    rng = np.random.default_rng(0)
    found = compared([run(rng)], [run(rng)])
    odd = attrs.evolve(found, scores=(attrs.evolve(found.scores[0], effect=float("nan")),))
    content = json.loads(json.dumps(odd.as_dict(), allow_nan=False))
    assert content["scores"][0]["effect"] is None
    assert content["form"] == 1
    assert content["verdicts"][0]["score"]["name"] == "hf_gap"


def other_data(evaluation, **fields):
    return {"evaluated_on": attrs.evolve(evaluation.evaluated_on, **fields)}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda e: other_data(e, digest="e" * 64), "the data: dddddddddddd in r; eeeeeeeeeeee"),
        (lambda e: other_data(e, split="validation"), "the split: test in r; validation"),
        (lambda e: other_data(e, positions="q"), "the held-out examples:"),
        (lambda e: other_data(e, held_out=400), "their number: 500 in r; 400"),
        (lambda e: {"generated": 400}, "the number of samples: 500 in r; 400"),
        (lambda e: {"preset": "full"}, "evaluate both with --quick, or both with --full"),
        (lambda e: {"weights": "best"}, "the weights: final in r; best"),
        (
            lambda e: {"extractors": {FEATURES: Extractor(component="c", identity="xyz")}},
            "the extractor 'classifier': abc in r; xyz",
        ),
        (
            lambda e: {"extractors": {"pixels": Extractor(component="c", identity="xyz")}},
            "the extractors: none of classifier, pixels was used for all of them",
        ),
    ],
)
def test_evaluations_that_differ_otherwise_are_refused(change, message):
    rng = np.random.default_rng(0)
    a, b = run(rng), run(rng, name="s")
    b = described(b, **change(b.evaluation))
    with pytest.raises(RunError) as error:
        compared([a], [b])
    assert message in str(error.value)
    assert "vaereg evaluate r s --again" in str(error.value)


def test_other_samples_of_a_run_are_named_as_they_are_typed():
    rng = np.random.default_rng(0)
    a, b = run(rng), attrs.evolve(run(rng), argument="r@gaussian_mixture#1")
    with pytest.raises(RunError, match="vaereg evaluate r r@gaussian_mixture#1 --again"):
        compared([a], [described(b, preset="full")])


def test_all_differences_are_reported_at_once():
    rng = np.random.default_rng(0)
    a, b = run(rng), run(rng, name="s")
    b = described(b, generated=1, preset="full", **other_data(b.evaluation, split="validation"))
    with pytest.raises(RunError) as error:
        compared([a], [b])
    assert [part in str(error.value) for part in ("samples:", "preset:", "split:")] == [True] * 3


def test_what_does_not_forbid_the_comparison_is_a_note():
    rng = np.random.default_rng(0)
    a, b = run(rng), run(rng, name="s")
    b = described(b, epochs=60, vaereg="0.2.0", warnings=("few examples",))
    notes = " | ".join(compared([a], [b]).warnings)
    assert "different numbers of epochs: 30 (r); 60 (s)" in notes
    assert "0.1.0, 0.2.0" in notes
    assert "few examples" in notes
