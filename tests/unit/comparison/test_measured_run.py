import math

import attrs
import numpy as np
import pytest

from tests.helpers.evaluations import make_evaluation, make_score
from vaereg.comparison.measured_run import Influences, MeasuredRun, read_measured
from vaereg.errors import RunError
from vaereg.evaluation.evaluation_files import Variant, write_evaluation
from vaereg.runs.held_extractors import HeldExtractor
from vaereg.runs.layout import RunFolder

HITS = np.repeat([1.0, 0.0], [3, 7])


def test_a_share_of_one_set_is_given_by_its_zeros_and_ones():
    assert Influences(real=HITS).share_of(0.3, real=True) is HITS
    assert Influences(generated=HITS).share_of(0.3, real=False) is HITS


@pytest.mark.parametrize(
    ("influences", "value"),
    [
        (Influences(), 0.3),
        (Influences(generated=HITS), 0.3),  # of the other set
        (Influences(real=HITS, generated=HITS), 0.3),  # of both
        (Influences(real=HITS), 0.31),  # not their mean
        (Influences(real=HITS / 2), 0.15),  # not zeros and ones
        (Influences(real=HITS[:1]), 1.0),  # a single example
    ],
)
def test_other_influences_are_not_a_share(influences, value):
    assert influences.share_of(value, real=True) is None


def test_influences_are_read_with_the_evaluation(tmp_path):
    run, variant = RunFolder(tmp_path), Variant(seed=2)
    found = make_evaluation(scores={"hf_gap": make_score("hf_gap", 1.0)})
    arrays = {"scores/hf_gap/generated": np.arange(3.0), "scores/hf_gap/values": np.ones(2)}
    write_evaluation(run, variant, found, arrays)
    run.lock.write_text('{"held_extractors": [{"name": "eyes", "digest": "12"}]}')
    measured = read_measured(run, variant, found)
    assert np.array_equal(measured.influence("hf_gap").generated, np.arange(3.0))
    assert measured.influence("hf_gap").real is None
    assert measured.influence("never").generated is None
    assert measured.argument == f"{tmp_path}#2"
    assert measured.held_extractors == (HeldExtractor("eyes", "12"),)


def test_arrays_of_another_evaluation_are_an_error(tmp_path):
    run = RunFolder(tmp_path)
    write_evaluation(run, Variant(), make_evaluation(), {})
    with pytest.raises(RunError, match="different evaluation"):
        read_measured(run, Variant(), make_evaluation(made="later"))


def test_a_score_that_is_not_finite_is_left_out():
    scores = {"fd": make_score("fd", math.nan), "hf_gap": make_score("hf_gap", 1.0)}
    measured = MeasuredRun(run="r", evaluation=make_evaluation(scores=scores))
    assert list(measured.scores) == ["hf_gap"]
    assert measured.argument == "r"
    assert attrs.evolve(measured, argument="r#1").argument == "r#1"
