import attrs
import numpy as np
import pytest

from tests.helpers.evaluations import make_score
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
from vaereg.comparison.verdicts.copying import is_copying, mean_lower_end, reference_copies


def rate(low, reference=0.01):
    return make_score("copy_rate_values", low + 0.02, low=low, high=low + 0.04, reference=reference)


@pytest.mark.parametrize(
    ("lows", "reference", "copying"),
    [
        ([0.031], 0.01, True),
        ([0.029], 0.01, False),  # not three times as many as real data
        ([0.019], 0.001, False),  # too few
        ([0.021], 0.001, True),
        ([0.031], None, True),  # real data has 1 % by definition
        ([0.029], None, False),
        ([0.05, 0.02], 0.01, True),  # the mean over runs
        ([0.05, 0.0], 0.01, False),
    ],
)
def test_copying_is_a_rate_clearly_above_that_of_real_data(lows, reference, copying):
    assert is_copying([rate(low, reference) for low in lows]) == copying


def test_a_score_without_an_interval_counts_as_it_is():
    assert mean_lower_end([make_score("a", 0.4), rate(0.2)]) == pytest.approx(0.3)


def test_without_a_reference_real_data_has_one_percent():
    assert reference_copies(rate(0.1, None)) == 0.01
    assert reference_copies(rate(0.1, 0.002)) == 0.002


def with_pixel_copies(measured, share):
    """The same run with a copy rate in pixels in addition to that in features."""
    name = f"copy_rate_{FEATURES}"
    score = measured.evaluation.scores[name]
    count = round(share * score.sample_size)
    other = attrs.evolve(
        score, name="copy_rate_values", extractor="", value=share, low=share, high=share
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
    assert "20.0 % by copy_rate_values" in found.verdicts[0].veto


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


def test_copies_by_every_measure_veto_even_if_the_primary_scores_are_alike():
    rng = np.random.default_rng(0)
    a = with_pixel_copies(run(rng), 0.0)
    b = with_pixel_copies(run(rng, Quality(copies=0.12)), 0.1)
    found = compared([a], [b]).verdicts

    assert [each.verdict == "vetoed" for each in found] == [False, False, True]
    assert "copy training examples" in found[2].veto
    again = compared([b], [with_pixel_copies(run(rng, Quality(copies=0.13)), 0.1)])
    assert "vetoed" not in verdicts_of(again)  # not clearly more
