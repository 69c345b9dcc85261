import attrs
import numpy as np
import pytest

from tests.helpers.measured_runs import (
    FEATURES,
    compared,
    run,
    with_facts,
)
from vaereg.errors import RunError
from vaereg.evaluation.evaluation import Extractor

COVERAGE, RECALL = f"coverage_{FEATURES}", f"recall_{FEATURES}"


def other_data(evaluation, **fields):
    return {"evaluated_on": attrs.evolve(evaluation.evaluated_on, **fields)}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda e: other_data(e, digest="e" * 64), "the data: dddddddddddd in r; eeeeeeeeeeee"),
        (lambda e: other_data(e, split="validation"), "the split: test in r; validation"),
        (lambda e: other_data(e, positions="q"), "the held-out examples:"),
        (lambda e: other_data(e, held_out=400), "the number of held-out examples: 500 in r; 400"),
        (lambda e: {"generated": 400}, "the number of samples: 500 in r; 400"),
        (lambda e: {"preset": "full"}, "evaluate both with the preset quick, or both with full"),
        (lambda e: {"weights": "best"}, "the weights: final in r; best"),
        (
            lambda e: {"extractors": {FEATURES: Extractor(component="c", identity="xyz")}},
            "the extractor 'classifier': cla123 in r; xyz",
        ),
        (
            lambda e: {"extractors": {"pixels": Extractor(component="c", identity="xyz")}},
            "the extractors: none of classifier, efficientnet_lite0, pixels was used for all runs",
        ),
    ],
)
def test_evaluations_that_differ_otherwise_are_refused(change, message):
    rng = np.random.default_rng(0)
    a, b = run(rng), run(rng, name="s")
    b = with_facts(b, **change(b.evaluation))
    with pytest.raises(RunError) as error:
        compared([a], [b])
    assert message in str(error.value)
    assert "vaereg evaluate r s --again" in str(error.value)


def test_other_samples_of_a_run_are_named_as_they_are_typed():
    rng = np.random.default_rng(0)
    a, b = run(rng), attrs.evolve(run(rng), argument="r@gaussian_mixture#1")
    with pytest.raises(RunError, match="vaereg evaluate r r@gaussian_mixture#1 --again"):
        compared([a], [with_facts(b, preset="full")])


def test_all_differences_are_reported_at_once():
    rng = np.random.default_rng(0)
    a, b = run(rng), run(rng, name="s")
    b = with_facts(b, generated=1, preset="full", **other_data(b.evaluation, split="validation"))
    with pytest.raises(RunError) as error:
        compared([a], [b])
    assert [part in str(error.value) for part in ("samples:", "preset:", "split:")] == [True] * 3


def test_smaller_differences_are_notes():
    rng = np.random.default_rng(0)
    a, b = run(rng), run(rng, name="s")
    b = with_facts(b, epochs=60, vaereg="0.2.0", warnings=("few examples",))
    notes = " | ".join(compared([a], [b]).warnings)
    assert "different numbers of epochs: 30 (r); 60 (s)" in notes
    assert "0.1.0, 0.2.0" in notes
    assert "few examples" in notes
