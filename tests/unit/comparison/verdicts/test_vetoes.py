import attrs
import numpy as np
import pytest

from tests.helpers.measured_runs import (
    BETTER,
    FEATURES,
    Quality,
    compared,
    run,
    verdicts_of,
    with_facts,
)
from vaereg.comparison.measured_run import Influences

COVERAGE, RECALL = f"coverage_{FEATURES}", f"recall_{FEATURES}"


def test_copies_of_training_examples_veto_every_better():
    rng = np.random.default_rng(0)
    copying = attrs.evolve(BETTER, copies=0.12)
    found = compared([run(rng)], [run(rng, copying)])
    assert verdicts_of(found) == ["vetoed"] * 3
    assert "copy training examples" in found.verdicts[0].veto
    assert found.verdicts[0].veto in found.verdicts[0].sentence
    assert "would be better" in found.verdicts[2].sentence


def with_pixel_copies(measured, share):
    """The same run with a copy rate in pixels in addition to that in features."""
    name = f"copy_rate_{FEATURES}"
    score = measured.evaluation.scores[name]
    count = round(share * score.sample_size)
    other = attrs.evolve(
        score, name="copy_rate_pixels", extractor="", value=share, low=share, high=share
    )
    measured = with_facts(measured, scores={**measured.evaluation.scores, other.name: other})
    hits = np.repeat([1.0, 0.0], [count, score.sample_size - count])
    return attrs.evolve(
        measured, influences={**measured.influences, other.name: Influences(generated=hits)}
    )


def test_copies_are_searched_for_in_pixels_too():
    rng = np.random.default_rng(0)
    copying = run(rng, attrs.evolve(BETTER, copies=0.12))
    found = compared([with_pixel_copies(run(rng), 0.0)], [with_pixel_copies(copying, 0.2)])
    assert verdicts_of(found) == ["vetoed"] * 3
    assert "20.0 % by copy_rate_pixels" in found.verdicts[0].veto


def test_samples_near_training_examples_by_one_measure_alone_are_a_note():
    rng = np.random.default_rng(0)
    smooth = run(rng, attrs.evolve(BETTER, copies=0.12))
    found = compared([with_pixel_copies(run(rng), 0.0)], [with_pixel_copies(smooth, 0.01)])
    assert verdicts_of(found) == ["better"] * 3
    assert any("not by every measure of copies" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("copies_a", "copies_b"),
    [(0.01, 0.03), (0.30, 0.12)],  # not clearly above the reference; fewer than before
)
def test_few_copies_or_fewer_than_before_veto_nothing(copies_a, copies_b):
    rng = np.random.default_rng(0)
    a = run(rng, Quality(copies=copies_a))
    assert (
        verdicts_of(compared([a], [run(rng, attrs.evolve(BETTER, copies=copies_b))]))
        == ["better"] * 3
    )


def test_copies_do_not_turn_worse_into_anything_else():
    rng = np.random.default_rng(0)
    found = compared([run(rng, BETTER)], [run(rng, Quality(copies=0.2))])
    assert verdicts_of(found) == ["worse"] * 3
    assert all(each.veto == "" for each in found.verdicts)


def test_recall_that_falls_vetoes_sharper_and_truer():
    rng = np.random.default_rng(0)
    narrower = attrs.evolve(BETTER, coverage=0.4, recall=0.25)
    found = compared([run(rng)], [run(rng, narrower)])
    assert verdicts_of(found)[0::2] == ["vetoed", "vetoed"]
    assert "recall_classifier has fallen" in found.verdicts[0].veto


def test_recall_that_falls_while_coverage_rises_is_a_note_only():
    rng = np.random.default_rng(0)
    found = compared([run(rng)], [run(rng, attrs.evolve(BETTER, recall=0.3))])
    assert verdicts_of(found) == ["better"] * 3
    assert any("while coverage has risen" in warning for warning in found.warnings)
